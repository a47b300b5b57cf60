import { describe, expect, it } from '@jest/globals';
import { capabilitiesOf, exchangesWithCapabilities } from './capabilities.js';
import { CONTRACT_READERS } from './assets/contract-readers.js';
import { CODECS } from './codecs/codecs.js';
import { streamingExchanges } from './instance/create-instance.js';
import { KEY_READERS } from './key-info/key-readers.js';

describe('capabilitiesOf', () => {
  it('tells of an exchange whose readers are our own', async () => {
    expect(await capabilitiesOf('kraken')).toEqual({
      id: 'kraken',
      books: 'verified',
      fees: { withoutKey: 'market', withKey: 'verified' },
      networks: { withoutKey: 'absent', withKey: 'absent', contracts: 'absent' },
      keyFacts: 'verified',
      clock: 'unverified',
    });
  });

  it('tells of an exchange that wants a key for its networks, and of one without a clock', async () => {
    expect(await capabilitiesOf('mexc')).toMatchObject({
      ...{ books: 'verified', fees: { withoutKey: 'market', withKey: 'unverified' } },
      ...{
        networks: { withoutKey: 'absent', withKey: 'unverified', contracts: 'verified' },
        keyFacts: 'unverified',
        clock: 'unverified',
      },
    });
    expect(await capabilitiesOf('cryptocom')).toMatchObject({ clock: 'absent', fees: { withoutKey: 'default' } });
    expect(await capabilitiesOf('upbit')).toMatchObject({ networks: { withoutKey: 'absent', withKey: 'absent' } });
  });

  it('tells of an exchange that has no streams that it cannot be watched', async () => {
    expect(streamingExchanges()).not.toContain('bitso');
    expect((await capabilitiesOf('bitso')).books).toBe('absent');
  });

  it('calls books, key facts and contracts verified exactly where there is a reader of our own', async () => {
    const all = await Promise.all(exchangesWithCapabilities().map(capabilitiesOf));
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    expect(all.length).toBeGreaterThan(streamingExchanges().length);
    const verified = (what: 'books' | 'keyFacts'): string[] =>
      all.flatMap((one) => (one[what] === 'verified' ? [one.id] : [])).sort();
    expect(verified('books')).toEqual(Object.keys(CODECS).sort());
    expect(verified('keyFacts')).toEqual(Object.keys(KEY_READERS).sort());
    const contracts = all.flatMap(({ id, networks }) => (networks.contracts === 'verified' ? [id] : []));
    expect(contracts.sort()).toEqual(Object.keys(CONTRACT_READERS).sort());
    for (const { id, networks } of all)
      if (networks.contracts === 'verified') expect([id, networks.withKey]).not.toContain('absent');
  });

  // As real answers of 2026 without a key had them; the others of the kind answer nothing at all.
  it.each([
    ['unverified', ['kucoin', 'bitget', 'htx', 'bitfinex', 'whitebit', 'xt', 'lbank', 'coinex', 'bitvavo', 'poloniex']],
    ['unverified', ['gate']],
    ['absent', ['kraken', 'coinbase', 'hyperliquid']],
    ['absent', ['binance', 'bybit', 'okx', 'mexc', 'cryptocom', 'bingx']],
  ])('finds networks without a key %s at %j', async (expected, ids) => {
    for (const id of ids) expect([id, (await capabilitiesOf(id)).networks.withoutKey]).toEqual([id, expected]);
  });

  it('knows no other exchange', () => {
    expect(() => capabilitiesOf('constructor')).toThrow(RangeError);
    expect(() => capabilitiesOf('nobody')).toThrow('there is no exchange "nobody"');
  });
});
