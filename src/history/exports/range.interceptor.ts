import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import type { Request, Response } from 'express';
import { map, type Observable, of } from 'rxjs';
import { type ExportFormat, type ExportGate, wantedFormat } from '../../platform/export/index.js';
import { entityTag, hasTag } from '../../platform/http/index.js';
import type { ListRange } from './list-range.js';

/** Kept by clients, and asked about each time: rows of the past can still be deleted. */
const REVALIDATE = 'private, no-cache';

/**
 * Stands before a list: writes its whole range out where CSV, NDJSON or Parquet is asked for, and gives ranges that are
 * over a validator, so that who has the answer already is told so.
 */
export abstract class RangeInterceptor<T> implements NestInterceptor {
  constructor(private readonly gate: ExportGate) {}

  /**
   * Reads what is asked for.
   *
   * @throws {ProblemError} 400 when the query is bad.
   */
  protected abstract rangeOf(raw: unknown): ListRange<T>;

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const request = context.switchToHttp().getRequest<Request>();
    const response = context.switchToHttp().getResponse<Response>();
    response.vary('Accept');
    const format = wantedFormat(request);
    const range = this.rangeOf(request.query);
    if (format !== 'json') return of(await this.whole(range, format, request, response));
    if (!range.isOver) return next.handle();
    if (request.headers['if-none-match'] !== undefined && range.pageFingerprint) {
      const fingerprint = await range.pageFingerprint();
      if (fingerprint !== null && isKnown(request, response, entityTag('json', fingerprint))) return of(undefined);
    }
    return next.handle().pipe(
      map((page: unknown) => {
        const fingerprint = range.fingerprintOf(page);
        return fingerprint !== null && isKnown(request, response, entityTag('json', fingerprint)) ? undefined : page;
      }),
    );
  }

  private async whole(
    range: ListRange<T>,
    format: ExportFormat,
    request: Request,
    response: Response,
  ): Promise<unknown> {
    if (range.isOver) {
      const leaving = new AbortController();
      const leave = (): void => {
        leaving.abort();
      };
      response.once('close', leave);
      try {
        const fingerprint = await range.fingerprint(leaving.signal);
        if (fingerprint !== null && isKnown(request, response, entityTag(format, fingerprint))) return undefined;
      } finally {
        response.off('close', leave);
      }
    }
    return this.gate.send(response, range.name, format, (signal) => range.table(signal));
  }
}

/** Sets the validator, and the status where the client has this answer. */
function isKnown(request: Request, response: Response, tag: string): boolean {
  response.setHeader('ETag', tag);
  response.setHeader('Cache-Control', REVALIDATE);
  if (!hasTag(request, tag)) return false;
  response.status(304);
  return true;
}
