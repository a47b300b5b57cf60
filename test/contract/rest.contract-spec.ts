import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Validator } from '@seriousme/openapi-schema-validator';
import { type Answer, ask } from '../support/request.js';
import { waitFor } from '../support/wait-for.js';
import { RestDocument } from './rest-document.js';
import { ALERTS, type Sample, SAMPLES, type Stock, UNPROVOKED } from './rest-samples.js';
import { WatchedService } from './watched-service.js';

interface List {
  readonly data: readonly { readonly id: string }[];
}

const service = new WatchedService();
const document = await RestDocument.read();
const operations = [...document.operations.keys()];
/** Statuses that each operation was seen to answer with. */
const seen = new Map<string, Set<number>>(operations.map((name) => [name, new Set()]));
let stock: Stock;

beforeAll(async () => {
  await service.start({ CROSSBOOK_HISTORY_FLUSH_MS: '50', ...ALERTS });
  const keys = {
    kept: await service.storeKey('okx', 'kept'),
    checked: await service.storeKey('kraken', 'checked'),
    removed: await service.storeKey('binance', 'removed'),
    stopped: await service.storeKey('binance', 'stopped'),
    asleep: await service.storeKey('binance', 'asleep'),
    leaked: await service.storeKey('kraken', 'leaked'),
    rotated: await service.storeKey('okx', 'rotated'),
  };
  await service.owner('POST', `/v1/keys/${keys.asleep}/disable`);
  await service.storeKey('bybit', 'of an exchange that leaks');
  const reader = { Authorization: `Bearer ${(await service.makeToken('reader', ['keys:read'])).token}` };
  const { id: token } = await service.makeToken('short-lived', ['feed']);
  const closed = (): Promise<List> => service.owner<List>('GET', '/v1/opportunities?state=closed&limit=3');
  await waitFor('three that are over', async () => (await closed()).data.length === 3, 60_000);
  const [{ id: opportunity } = { id: '' }] = (await closed()).data;
  const alerts = async (state: string): Promise<string> => {
    const found = (): Promise<List> => service.owner<List>('GET', `/v1/alerts?state=${state}`);
    await waitFor(`an alert is ${state}`, async () => (await found()).data.length > 0);
    return (await found()).data[0]?.id ?? '';
  };
  const told = { dead: await alerts('dead'), waiting: await alerts('waiting') };
  stock = { service, keys, alerts: told, reader, token, opportunity, over: new Date(Date.now() - 1_000).toISOString() };
}, 120_000);

afterAll(() => service.remove(), 30_000);

/** Asks as a sample says: as the owner unless it shows another token, or none. */
async function answerTo(name: string, { at, headers = {}, body }: Sample): Promise<Answer> {
  const all: Record<string, string> = { ...service.bearer, ...headers };
  if (all['Authorization'] === '') delete all['Authorization'];
  if (body !== undefined) all['Content-Type'] = 'application/json';
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const method = (name.split(' ')[0] ?? '').toUpperCase();
  return ask(service.port, at, { method, headers: all, ...(body === undefined ? {} : { body: text }) });
}

/** Asks, and holds the answer against the sample and the document. */
async function judged(name: string, sample: Sample): Promise<Answer> {
  const answer = await answerTo(name, sample);
  const { status, code, media = status < 300 && answer.text !== '' ? 'application/json' : undefined } = sample;
  expect([sample.at, answer.status, answer.json['code']]).toEqual([sample.at, status, code]);
  if (media !== undefined)
    expect([sample.at, answer.headers['content-type']?.split(';')[0]]).toEqual([sample.at, media]);
  expect([sample.at, document.faultsOf(name, answer)]).toEqual([sample.at, []]);
  checkTable(name, sample, answer);
  seen.get(name)?.add(answer.status);
  return answer;
}

/** Holds the rows of a whole range against what JSON shows of it. */
function checkTable(name: string, { at, media }: Sample, { text }: Answer): void {
  if (media === 'application/x-ndjson') {
    const rows = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
    expect([at, rows.length > 0, rows.filter((row) => !document.fitsElement(name, row))]).toEqual([at, true, []]);
  }
  if (media === 'text/csv') {
    const [header = '', first] = text.split('\r\n');
    expect([at, header]).toEqual([at, expect.stringMatching(/^[a-zA-Z]+(,[a-zA-Z]+)+$/)]);
    expect([at, first]).not.toEqual([at, '']);
  }
  if (media === 'application/vnd.apache.parquet')
    expect([at, text.slice(0, 4), text.slice(-4)]).toEqual([at, 'PAR1', 'PAR1']);
}

describe('the OpenAPI document', () => {
  it('is valid 3.1, and the one that the service gives out', async () => {
    const found = await new Validator().validate(structuredClone(document.json) as unknown as Record<string, unknown>);
    expect([found.valid, found.errors]).toEqual([true, undefined]);
    const served = (await ask(service.port, '/docs-json')).json;
    expect(served['openapi']).toBe('3.1.0');
    expect(served['paths']).toEqual(document.json.paths);
    expect(served['components']).toEqual(document.json.components);
  });

  it('describes every route, and none that is not there', () => {
    expect(operations.sort()).toEqual([...document.routes].sort());
    expect(Object.keys(SAMPLES).sort()).toEqual(operations.sort());
  });

  it('says of each operation that needs one that it needs a token', async () => {
    for (const [name, { security }] of document.operations) {
      const path = (name.split(' ')[1] ?? '').replace(/\{\w+\}/g, 'x');
      const { status } = await answerTo(name, { at: path, status: 401, headers: { Authorization: '' } });
      expect([name, status === 401]).toEqual([name, security !== undefined]);
    }
  });
});

describe('an operation answers as documented:', () => {
  it.each(operations)(
    '%s',
    async (name) => {
      const samples = (await SAMPLES[name]?.(stock)) ?? [];
      expect(samples.some(({ status }) => status < 300) && samples.some(({ status }) => status >= 400)).toBe(true);
      for (const sample of samples) {
        const answer = await judged(name, sample);
        const tag = answer.headers.etag;
        if (answer.status === 200 && tag !== undefined) {
          const { at, headers = {} } = sample;
          await judged(name, { at, status: 304, headers: { ...headers, 'If-None-Match': tag } });
        }
      }
    },
    60_000,
  );

  it('tells who is over the allowance', async () => {
    const sample = { at: '/health/live', status: 200 };
    let answer = await answerTo('get /health/live', sample);
    for (let i = 0; i < 700 && answer.status === 200; i += 1) answer = await answerTo('get /health/live', sample);
    await judged('get /health/live', { ...sample, status: 429, code: 'too_many_requests' });
  }, 60_000);

  it('with every status of its own', () => {
    /** Any operation may answer with these; `get /health/live` and `post /v1/tokens` stand for all of them. */
    const anywhere = [400, 401, 403, 413, 415, 429, 500];
    const unseen = [...document.operations].flatMap(([name, { responses }]) => {
      const own = Object.keys(responses)
        .map(Number)
        .filter((status) => !anywhere.includes(status) && status !== 503);
      return own.filter((status) => !seen.get(name)?.has(status)).map((status) => `${status} ${name}`);
    });
    expect(unseen.sort()).toEqual([...UNPROVOKED].sort());
  });
});
