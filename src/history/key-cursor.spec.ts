import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeKey, encodeKey, keyOf } from './key-cursor.js';

describe('a cursor on a key', () => {
  it('comes back as it was given, as characters that a URL takes', () => {
    const part = fc.oneof(fc.stringMatching(/^[\x21-\x7e]{1,100}$/), fc.integer({ min: 0 }));
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z-]{1,20}$/), fc.array(part, { maxLength: 4 }), (list, key) => {
        const text = encodeKey({ list, key });
        expect(encodeURIComponent(text)).toBe(text);
        expect(decodeKey(text)).toEqual({ list, key });
      }),
    );
  });

  it('is nothing else than ours', () => {
    const wrong: unknown[] = [
      [],
      {},
      1,
      null,
      [1, 'list'],
      [2, 7],
      [2, 'list', null],
      [2, 'list', 'a b'],
      [2, 'l', [1]],
    ];
    wrong.push([2, 'list', ''], [2, 'list', 1, 2, 3, 4, 5, 6, 7]);
    for (const value of wrong) {
      expect(decodeKey(Buffer.from(JSON.stringify(value)).toString('base64url'))).toBeNull();
    }
    expect(decodeKey('x'.repeat(2_000))).toBeNull();
    fc.assert(fc.property(fc.string(), (text) => decodeKey(text) === null));
  });

  it('fits only the list that it was made for, and only with a key of its kind', () => {
    const cursor = { list: 'spreads', key: [1_795_000_000_000, 7] };
    expect(keyOf(undefined, 'spreads', ['time', 'number'])).toBeNull();
    expect(keyOf(cursor, 'spreads', ['time', 'number'])).toEqual(cursor.key);
    const refused = { status: 400, code: 'bad_query', field: 'cursor' };
    expect(() => keyOf(cursor, 'refusals', ['time', 'number'])).toThrow(expect.objectContaining(refused));
    for (const key of [[1], [1, 2, 3], [1, 'a'], [1, 1.5], [1, 2 ** 31], [-1, 1], [9e15, 1]]) {
      expect(() => keyOf({ list: 'spreads', key }, 'spreads', ['time', 'number'])).toThrow(
        expect.objectContaining(refused),
      );
    }
  });
});
