import { STATUS_CODES } from 'node:http';
import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException } from '@nestjs/common';
import type { Request, Response } from 'express';
import { Log } from '../logging/index.js';
import { ProblemError } from './problem.error.js';
import { toldRequestId } from './request-trail.js';

/** An RFC 9457 problem document; `code`, `field` and `requestId` are our extension members. */
interface ProblemDocument {
  readonly type: 'about:blank';
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly field: string | null;
  /** The path that was asked; never its query, which may hold anything. */
  readonly instance: string;
  /** As in the header `X-Request-Id`: every line that the log has about this request carries it. */
  readonly requestId: string;
}

const CODES: Readonly<Record<number, string>> = {
  400: 'bad_request',
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not_found',
  405: 'method_not_allowed',
  413: 'too_large',
  415: 'unsupported_media_type',
  429: 'too_many_requests',
  503: 'unavailable',
};

/** Body parser errors by their `type`; the message of the parser itself repeats the body, so it is not passed on. */
const BODY_ERRORS: Readonly<Record<string, { code: string; detail: string }>> = {
  'entity.parse.failed': { code: 'bad_json', detail: 'the body is not valid JSON' },
  'entity.too.large': { code: 'too_large', detail: 'the body is larger than the 64 kB that are read' },
  'encoding.unsupported': { code: 'unsupported_media_type', detail: 'the content-encoding is not supported' },
  'charset.unsupported': { code: 'unsupported_media_type', detail: 'the charset is not supported; send UTF-8' },
};

/** How long a client waits for what is away. */
const RETRY_AFTER_S = 5;

interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly field: string | null;
}

function fromHttpException(exception: HttpException, request: Request): Refusal {
  const status = exception.getStatus();
  const cause = exception.cause as { type?: unknown } | undefined;
  const body = typeof cause?.type === 'string' ? BODY_ERRORS[cause.type] : undefined;
  if (body) return { status, ...body, field: null };
  const code = CODES[status] ?? `http_${status}`;
  const detail =
    status === 404 && exception.message.startsWith('Cannot ')
      ? `there is no ${request.method} ${request.path}; see /docs`
      : exception.message;
  return { status, code, detail, field: null };
}

/** What express and its parsers throw: an error with a client status and a `type`. */
function fromParserError(error: unknown): Refusal | null {
  const { status, type } = error as { status?: unknown; type?: unknown };
  if (typeof status !== 'number' || status < 400 || status > 499) return null;
  const known = typeof type === 'string' ? BODY_ERRORS[type] : undefined;
  const code = known?.code ?? CODES[status] ?? `http_${status}`;
  return { status, code, detail: known?.detail ?? STATUS_CODES[status] ?? 'refused', field: null };
}

function refusalOf(error: unknown, request: Request): Refusal | null {
  if (error instanceof ProblemError) return error;
  if (error instanceof HttpException) {
    const parser = error.cause === undefined ? null : fromParserError(error.cause);
    return parser ?? fromHttpException(error, request);
  }
  return typeof error === 'object' && error !== null ? fromParserError(error) : null;
}

/** Answers every error as a problem document; what was not foreseen is logged under an id and told without inner details. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly log: Log) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<Request>();
    const response = host.switchToHttp().getResponse<Response>();
    const refusal = refusalOf(error, request);
    const requestId = toldRequestId(response);
    const document = refusal ? foreseen(refusal, request, requestId) : this.unforeseen(error, request, requestId);
    if (response.headersSent) {
      // A stream that broke half way: only a cut connection tells the client that the answer is not whole.
      response.destroy();
      return;
    }
    // A refusal looks the same in whichever form the answer was asked for.
    response.removeHeader('Vary');
    // What is away is asked for again soon; who knows better has said so already.
    if (document.status === 503 && !response.hasHeader('Retry-After')) response.setHeader('Retry-After', RETRY_AFTER_S);
    if (document.status === 401) response.setHeader('WWW-Authenticate', 'Bearer realm="crossbook"');
    response.status(document.status).type('application/problem+json').send(JSON.stringify(document));
  }

  private unforeseen(error: unknown, request: Request, requestId: string): ProblemDocument {
    this.log.error('a request failed unexpectedly', {
      requestId,
      method: request.method,
      path: request.path,
      error: error instanceof Error ? (error.stack ?? error.message) : String(error),
    });
    const detail = `something unforeseen went wrong; the log tells more under requestId ${requestId}`;
    return foreseen({ status: 500, code: 'internal', detail, field: null }, request, requestId);
  }
}

function foreseen({ status, code, detail, field }: Refusal, request: Request, requestId: string): ProblemDocument {
  const title = STATUS_CODES[status] ?? 'Error';
  return { type: 'about:blank', title, status, detail, code, field, instance: request.path, requestId };
}
