import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DepthScanner } from './depth-scanner.js';

const scanner = new DepthScanner({
  stop: 'refused',
  head: { name: 'id', time: 'timeMs' },
  data: [{ b: 'bids', a: 'asks', n: 'last' }],
});
const FRAME = '{"head":{"name":"X-Y","time":7},"data":[{"b":[["1.50","2"]],"a":[[3,"0.25",true,-4]],"n":"9"}]}';
const reads = (text: string): boolean => scanner.read(Buffer.from(text));

/** Texts that are written as decimals, at and beyond the borders of what a double holds. */
const digits = (most: number) => fc.stringMatching(new RegExp(`^[0-9]{1,${most}}$`));
const decimals = fc.oneof(
  fc.tuple(digits(9), digits(8)).map((parts) => parts.join('.')),
  fc.tuple(digits(30), digits(30)).map((parts) => parts.join('.')),
  digits(20),
  fc
    .tuple(fc.bigInt(2n ** 53n - 20n, 2n ** 53n + 20n), fc.nat(16))
    .map(([mantissa, at]) => `${String(mantissa).slice(0, at)}.${String(mantissa).slice(at)}`),
  fc.tuple(fc.integer({ min: 18, max: 26 }), digits(3)).map(([zeros, end]) => `0.${'0'.repeat(zeros)}${end}`),
  fc.double({ min: 0, noNaN: true }).map(String),
);
const oddities = fc.constantFrom(
  '',
  '-1',
  '-0',
  '+1',
  '.5',
  '5.',
  '01',
  '1e5',
  '1E-7',
  '0x10',
  'Infinity',
  ' 1',
  '1_0',
  '١',
);

describe('depth scanner', () => {
  it('gives what the layout names, in the order of the keys or in any other', () => {
    const expected = { id: 'X-Y', timeMs: 7, last: 9, bids: [1.5, 2], asks: [3, 0.25] };
    expect(reads(FRAME)).toBe(true);
    expect(scanner.frame).toMatchObject(expected);
    expect(reads('{"data":[{"n":9,"a":[[3,"0.25"]],"b":[["1.50","2"]]}],"head":{"time":"7","name":"X-Y"}}')).toBe(true);
    expect(scanner.frame).toMatchObject(expected);
  });

  it('makes the levels anew for each frame, since they may be kept', () => {
    reads(FRAME);
    const { bids } = scanner.frame;
    reads(FRAME.replace('1.50', '1.75'));
    expect([bids, scanner.frame.bids]).toEqual([
      [1.5, 2],
      [1.75, 2],
    ]);
  });

  it('passes over plain values that nobody asks for, and takes a missing side for an empty one', () => {
    const text = '{"x":"a b","head":{"name":"Z","y":null,"time":1},"data":[{"n":0,"z":-1.5,"w":false}]}';
    expect(reads(text)).toBe(true);
    expect(scanner.frame).toMatchObject({ id: 'Z', last: 0, bids: [], asks: [] });
  });

  it.each([
    ['a key that is refused', '{"stop":1,'],
    ['a key twice', '{"head":{"name":"A","time":1},'],
    ['an escape in a key', '{"st\\u006fp":1,'],
    ['a value that is not plain', '{"x":{},'],
    ['white space', '{ '],
  ])('leaves a frame with %s to be parsed', (_, start) => {
    const text = start + FRAME.slice(1);
    expect(() => JSON.parse(text) as unknown).not.toThrow();
    expect(reads(text)).toBe(false);
  });

  it.each([
    ['that lacks a key', FRAME.replace('"time":7', '"other":7')],
    ['with a second element', FRAME.replace(']}', ',{}]}')],
    ['with an escape in a text', FRAME.replace('X-Y', 'X\\u002dY')],
    ['with a letter beyond ASCII', FRAME.replace('X-Y', 'X–Y')],
    ['with a row of one number', FRAME.replace('["1.50","2"]', '["1.50"]')],
    ['with bytes after its end', `${FRAME}\n`],
    ['with a text for a list', FRAME.replace('[["1.50","2"]]', '"1"')],
  ])('leaves a frame %s to be parsed', (_, text) => {
    expect(reads(FRAME)).toBe(true);
    expect(reads(text)).toBe(false);
  });

  it('leaves every frame that ends too early', () => {
    for (let end = 0; end < FRAME.length; end++) expect(reads(FRAME.slice(0, end))).toBe(false);
  });

  it('reads a number exactly as Number does, or leaves it, with quotes and without', () => {
    let read = 0;
    fc.assert(
      fc.property(fc.oneof({ weight: 9, arbitrary: decimals }, oddities), fc.boolean(), (text, isQuoted) => {
        const written = isQuoted ? `"${text}"` : text;
        if (!reads(FRAME.replace('"1.50"', written))) return;
        read += 1;
        expect(scanner.frame.bids[0]).toBe(Number(JSON.parse(written)));
      }),
      { numRuns: 5_000 },
    );
    expect(read).toBeGreaterThan(500);
  });
});
