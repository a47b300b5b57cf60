import { describe, expect, it } from '@jest/globals';
import type { Capabilities } from '../exchanges/index.js';
import { exchangesText } from './exchanges-text.js';

const one: Capabilities = {
  id: 'kraken',
  books: 'verified',
  fees: { withoutKey: 'market', withKey: 'verified' },
  networks: { withoutKey: 'absent', withKey: 'unverified', contracts: 'verified' },
  keyFacts: 'unverified',
  clock: 'absent',
};
const other: Capabilities = { ...one, id: 'a', books: 'absent', fees: { withoutKey: 'default', withKey: 'absent' } };

describe('exchangesText', () => {
  it('shows each marker by a shape of its own, in columns under their titles, and counts', () => {
    expect(exchangesText([one, other]).split('\n').slice(0, 5)).toEqual([
      'EXCHANGE  BOOKS  FEES     +KEY  NETWORKS  +KEY  CONTRACTS  KEY FACTS  CLOCK',
      'kraken    ●      market   ●     –         ○     ●          ○          –',
      'a         –      default  –     –         ○     ●          ○          –',
      '',
      '2 exchanges: books verified at 1, unverified at 0, absent at 1',
    ]);
  });

  it('explains every shape that it uses', () => {
    const legend = exchangesText([one]).split('\n').slice(4).join('\n');
    for (const shape of ['● verified', '○ unverified', '– absent']) expect(legend).toContain(shape);
  });
});
