import { csvText } from '../../platform/export/index.js';
import type { UsageCall } from './usage-reader.js';

/** How a whole range of calls is written out. */
export type UsageFormat = 'csv' | 'ndjson';

const COLUMNS = ['at', 'method', 'path', 'outcome', 'durationMs'] as const;

/** Media type of each format. */
export const USAGE_MEDIA: Readonly<Record<UsageFormat, string>> = {
  csv: 'text/csv; charset=utf-8; header=present',
  ndjson: 'application/x-ndjson; charset=utf-8',
};

/** Writes calls out one by one: CSV (RFC 4180, with a first line of names), or a JSON object per line. */
export async function* usageText(calls: AsyncIterable<UsageCall>, format: UsageFormat): AsyncGenerator<string> {
  if (format === 'csv') yield csvText([COLUMNS]);
  for await (const call of calls) yield format === 'csv' ? csvLine(call) : `${JSON.stringify(call)}\n`;
}

function csvLine({ atMs, method, path, outcome, durationMs }: UsageCall): string {
  return csvText([[new Date(atMs).toISOString(), method, path, outcome, durationMs]]);
}
