import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { assertStorable, queryRefusal } from './storable-text.js';

const taken = (body: string, encoding = 'utf-8'): void => {
  const request = new IncomingMessage(new Socket());
  assertStorable(request, new ServerResponse(request), Buffer.from(body), encoding);
};

describe('assertStorable', () => {
  it.each(['{"a":"\\u0000"}', '{"\\u0000":1}', '{"a":"b\\\\\\u0000"}'])('refuses a NUL: %s', (body) => {
    expect(() => {
      taken(body);
    }).toThrow('NUL');
  });

  it.each([
    '"\\ud800"',
    '"\\udc00"',
    '"\\ud800x\\udc00"',
    '"\\udc00\\ud800"',
    '"\\ud83d\\n"',
    '"\\ud83d\\ud83d\\ude00"',
  ])('refuses half a character: %s', (body) => {
    expect(() => {
      taken(`{"a":${body}}`);
    }).toThrow('half a character');
  });

  it.each([
    '{"a":"\\ud83d\\ude00\\uD83D\\uDE00"}',
    '{"a":"\\\\ud800"}',
    '{"a":"\\\\u0000"}',
    '{"a":"\\u0001"}',
    '{"a":"u0000"}',
    `{"a":"${'\\\\'.repeat(30_000)}"}`,
  ])('takes what only looks like one: %.40s', (body) => {
    taken(body);
    expect(JSON.parse(body)).toHaveProperty('a');
  });

  it('refuses another encoding than UTF-8', () => {
    expect(() => {
      taken('{}', 'utf-7');
    }).toThrow('UTF-8');
  });
});

describe('queryRefusal', () => {
  it('refuses a NUL and nothing else', () => {
    expect(queryRefusal('/v1/keys/audit?keyId=a%00b')?.status).toBe(400);
    expect(queryRefusal('/v1/keys/a%2500b?c=%0a')).toBeNull();
    expect(queryRefusal('/v1/keys/a%00b')).toBeNull();
  });
});
