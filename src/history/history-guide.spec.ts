import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { OPPORTUNITY_COLUMNS } from './exports/opportunity-columns.js';
import { REFUSAL_COLUMNS } from './exports/refusal.interceptor.js';
import { CANDLE_COLUMNS, SAMPLE_COLUMNS } from './exports/spread.interceptor.js';

const guide = readFileSync(path.resolve(import.meta.dirname, '../../docs/history.md'), 'utf8');
const namesOf = (columns: readonly { readonly name: string }[]): string => columns.map(({ name }) => name).join(',');

describe('docs/history.md', () => {
  it('names the columns of every export in their order', () => {
    const [opportunities = '', others = ''] = [...guide.matchAll(/```text\n([^`]+)```/g)].map(([, text]) => text);
    expect(opportunities.replaceAll('\n', '')).toBe(namesOf(OPPORTUNITY_COLUMNS));
    const { minute, route, reason, start } = REFUSAL_COLUMNS;
    const told = [SAMPLE_COLUMNS, CANDLE_COLUMNS, minute, route, reason, start].map(namesOf);
    expect(others.trim().split('\n')).toEqual(told);
  });
});
