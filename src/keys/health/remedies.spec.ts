import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { REMEDIES } from './remedies.js';

const guide = readFileSync(path.resolve(import.meta.dirname, '../../../docs/keys.md'), 'utf8');

describe('the guide to keys', () => {
  it.each(Object.keys(REMEDIES))('explains %s', (code) => {
    expect(guide).toContain(`\`${code}\``);
  });

  it('explains no finding that there is not', () => {
    const named = [...guide.matchAll(/`([A-Z]+(?:_[A-Z]+)+)`/g)].map(([, code]) => code ?? '');
    expect(named.filter((code) => !code.startsWith('CROSSBOOK_') && !(code in REMEDIES))).toEqual([]);
  });
});
