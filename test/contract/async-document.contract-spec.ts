import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { CLOSE_CODES } from '../../src/feed/close-codes.js';
import { FAULT_CODES } from '../../src/feed/feed.errors.js';
import { SCOPES } from '../../src/platform/auth/index.js';
import { ASYNC_FILE, AsyncDocument } from './async-document.js';

type Json = Readonly<Record<string, unknown>>;

let document: AsyncDocument;

beforeAll(async () => {
  document = await AsyncDocument.read();
});

/** Every schema below a value, with the way to it. */
function* schemasBelow(value: unknown, way: string): Generator<[string, Json]> {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value) && 'type' in value) yield [way, value];
  for (const [name, inner] of Object.entries(value)) yield* schemasBelow(inner, `${way}/${name}`);
}

describe('docs/asyncapi.yaml', () => {
  it('is valid AsyncAPI 3.0, with all that it refers to', async () => {
    // Its import alone takes a second, so nobody else does it.
    const { Parser } = await import('@asyncapi/parser');
    const parser = new Parser();
    const parsed = await parser.parse(readFileSync(ASYNC_FILE, 'utf8'), { source: ASYNC_FILE });
    // That there is a 3.1 by now is told at severity 2.
    expect(parsed.diagnostics.filter(({ severity }) => [0, 1].includes(severity))).toEqual([]);
    expect(parsed.document?.version()).toBe('3.0.0');
    expect(parsed.document?.messages().all().length).toBeGreaterThan(20);
  }, 60_000);

  it('holds the shapes of REST as the OpenAPI document has them', async () => {
    const checked = promisify(execFile)(process.execPath, ['scripts/rest-shapes.mjs', '--check']);
    await expect(checked).resolves.toMatchObject({ stderr: '' });
  }, 60_000);

  it('leaves no object open but those whose fields belong to a gate', () => {
    const all = [...schemasBelow(document.api.components.schemas, ''), ...schemasBelow(document.shapes, '')];
    expect(all.length).toBeGreaterThan(200);
    const open = all.filter(([, { type, additionalProperties }]) => {
      const isObject = type === 'object' || (Array.isArray(type) && type.includes('object'));
      return isObject && additionalProperties !== false;
    });
    // What a filter holds stands in Choice, since it depends on the channel.
    const ways = open.map(([way]) => way.replace(/^.*\/(filter|gates|measured)\b.*$/, '$1'));
    expect([...new Set(ways)].sort()).toEqual(['filter', 'gates', 'measured']);
  });

  it('knows every code and scope of the product, and no other', () => {
    expect([...document.errorCodes].sort()).toEqual([...FAULT_CODES].sort());
    const ofTheStandard = [1002, 1007, 1009];
    expect(document.closeCodes.sort()).toEqual([...Object.values(CLOSE_CODES), ...ofTheStandard].sort());
    expect(document.api.components.schemas['Scope']?.['enum']).toEqual([...SCOPES]);
  });

  it('knows no frame that holds more, less or something else than it says', () => {
    const pong = { type: 'pong', id: null, serverTimeMs: 1.5, sentAtMs: 1.5 };
    expect(document.nameOf(pong)).toBe('pong');
    const less = { type: 'pong', serverTimeMs: 1.5, sentAtMs: 1.5 };
    for (const frame of [{ ...pong, more: 1 }, less, { ...pong, id: 7 }, { ...pong, type: 'ping' }]) {
      expect(() => document.nameOf(frame)).toThrow(/documented/);
    }
    const update = { type: 'update', channel: 'keys', sub: 'a', seq: 2, prevSeq: 1, sentAtMs: 1.5 };
    const total = { valueUsd: 1, unvalued: [], stale: [], missing: [] };
    const data = [{ event: 'updated', total }];
    expect(document.nameOf({ ...update, channel: 'portfolio', data })).toBe('portfolioUpdate');
    expect(() => document.nameOf({ ...update, data })).toThrow(/documented/);
    expect(() => document.nameOf({ ...update, channel: 'balances', data })).toThrow(/documented/);
  });

  it('uses every message, and gives each channel a snapshot and updates', () => {
    const used = [...document.messagesOf('send'), ...document.messagesOf('receive')].sort();
    expect(used).toEqual(Object.keys(document.api.components.messages).sort());
    const { enum: names } = document.api.components.schemas['ChannelName'] as { enum: string[] };
    expect(Object.keys(document.api.channels)).toEqual(['session', ...names]);
    for (const name of names) {
      expect(Object.keys(document.api.channels[name]?.messages ?? {})).toEqual([`${name}Snapshot`, `${name}Update`]);
    }
  });
});
