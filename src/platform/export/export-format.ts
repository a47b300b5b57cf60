import type { Request } from 'express';
import { ProblemError } from '../http/index.js';

/** How a list is answered: a page as JSON, or the whole range in one of the others. */
export const LIST_FORMATS = ['json', 'csv', 'ndjson', 'parquet'] as const;

/** One of {@link LIST_FORMATS}. */
export type ListFormat = (typeof LIST_FORMATS)[number];
/** How a whole range is written out. */
export type ExportFormat = Exclude<ListFormat, 'json'>;

/** The media type of each, as it is asked for by `Accept`. */
export const MEDIA: Readonly<Record<ListFormat, string>> = {
  json: 'application/json',
  csv: 'text/csv',
  ndjson: 'application/x-ndjson',
  parquet: 'application/vnd.apache.parquet',
};

/** As it is answered. */
export const CONTENT_TYPE: Readonly<Record<ExportFormat, string>> = {
  csv: 'text/csv; charset=utf-8; header=present',
  ndjson: 'application/x-ndjson; charset=utf-8',
  parquet: 'application/vnd.apache.parquet',
};

/**
 * Reads in which form a client wants a list: by `format`, else by `Accept`, else (or where nothing fits) JSON.
 *
 * @param request - The request.
 * @returns The form.
 * @throws {ProblemError} 400 `bad_query` for a `format` that there is not.
 */
export function wantedFormat(request: Pick<Request, 'query' | 'accepts'>): ListFormat {
  const asked = request.query['format'];
  if (asked !== undefined) {
    const format = LIST_FORMATS.find((one) => one === asked);
    if (format) return format;
    throw new ProblemError(
      400,
      'bad_query',
      `format must be given once and be one of ${LIST_FORMATS.join(', ')}, was ${JSON.stringify(asked).slice(0, 60)}`,
      'format',
    );
  }
  const media = request.accepts(...LIST_FORMATS.map((format) => MEDIA[format]));
  return LIST_FORMATS.find((format) => MEDIA[format] === media) ?? 'json';
}
