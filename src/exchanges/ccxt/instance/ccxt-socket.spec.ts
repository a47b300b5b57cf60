import { describe, expect, it } from '@jest/globals';
import { jsonOrText } from './ccxt-socket.js';

const decode = (text: string): unknown => jsonOrText(Buffer.from(text));

describe('decoding of a frame', () => {
  it.each([
    ['{"a":1}', { a: 1 }],
    ['[1,"hb"]', [1, 'hb']],
    [' \r\n\t{"a" : 1}\n', { a: 1 }],
    ['\n[1]', [1]],
  ])('reads %j as JSON, white space before it included', (text, frame) => {
    expect(decode(text)).toEqual(frame);
  });

  it('leaves a bare word as it is', () => {
    expect(decode('pong')).toBe('pong');
    expect(decode('')).toBe('');
  });

  it('throws on broken JSON', () => {
    expect(() => decode(' {"a":')).toThrow(SyntaxError);
  });
});
