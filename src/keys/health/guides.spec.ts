import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { FindingCode } from '../key-health.js';
import { findingGuide } from './deletion-guide.js';
import { keyPage } from './key-pages.js';
import { REMEDIES } from './remedies.js';

const docs = path.resolve(import.meta.dirname, '../../../docs');
const exchanges = readdirSync(path.join(docs, 'keys')).map((file) => path.basename(file, '.md'));
const HEADINGS = ['Make', 'Rights', 'Address', 'What the exchange tells', 'Mind', 'Delete'];

describe('the guides to keys', () => {
  it('are there for the exchanges with most to say', () => {
    expect(exchanges).toEqual(expect.arrayContaining(['binance', 'okx', 'bybit', 'kraken', 'hyperliquid']));
  });

  it.each(exchanges)('say of %s all that there is to say, and lead to the page that findings name', (exchange) => {
    const guide = readFileSync(path.join(docs, 'keys', `${exchange}.md`), 'utf8');
    expect([...guide.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading)).toEqual(HEADINGS);
    expect(guide).toContain(`(${keyPage(exchange) ?? 'none'})`);
  });

  it.each(Object.keys(REMEDIES) as FindingCode[])('stand behind %s, at every exchange', (code) => {
    for (const exchange of [...exchanges, 'elsewhere']) {
      expect(existsSync(path.join(docs, '..', findingGuide(code, exchange)))).toBe(true);
    }
  });

  it.each(exchanges)('are found for %s', (exchange) => {
    expect(readFileSync(path.join(docs, 'keys.md'), 'utf8')).toContain(`(keys/${exchange}.md)`);
  });
});
