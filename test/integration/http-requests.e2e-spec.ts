import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { capturedLog } from '../support/captured-log.js';
import { ask } from '../support/request.js';
import { waitFor } from '../support/wait-for.js';
import { portOf, startHttp } from './http-app.js';

const dataDir = mkdtempSync(path.join(os.tmpdir(), 'crossbook-http-'));
const { log, lines } = capturedLog();
let app: NestExpressApplication;
let port: number;
let bearer: { Authorization: string };

beforeAll(async () => {
  app = await startHttp(dataDir, log);
  port = portOf(app);
  bearer = { Authorization: `Bearer ${readFileSync(path.join(dataDir, 'admin.token'), 'utf8').trim()}` };
});

afterAll(async () => {
  await app.close();
  rmSync(dataDir, { recursive: true });
});

describe('the id of a request', () => {
  type Line = Record<string, unknown>;
  const about = (requestId: unknown): Line[] =>
    lines.map((line) => JSON.parse(line) as Line).filter((line) => line['requestId'] === requestId);
  const untilTold = (requestId: unknown, msg: string): Promise<void> =>
    waitFor(`"${msg}" of ${String(requestId)}`, () => about(requestId).some((line) => line['msg'] === msg));

  it.each(['trace-1', '4bf92f3577b34da6a3ce929d0e0e4736', 'Root=1', 'a b', 'ä', '', '-x', 'x'.repeat(65), '{"a":1}'])(
    'is the one that was brought where that is sane: %j',
    async (given) => {
      const encoded = Buffer.from(given).toString('latin1');
      const answer = await ask(port, '/v1/opportunities', { headers: { 'X-Request-Id': encoded } });
      const told = String(answer.headers['x-request-id']);
      expect(told === given).toBe(/^(trace-1|4bf.*)$/.test(given));
      expect(told).toMatch(/^[A-Za-z0-9][\w.:-]{0,63}$/);
    },
  );

  it('is another for each request that brings none', async () => {
    const answers = [await ask(port, '/conflict'), await ask(port, '/conflict')];
    const ids = answers.map(({ headers }) => headers['x-request-id']);
    expect(new Set(ids).size).toBe(2);
    expect(answers.map(({ json }) => json['requestId'])).toEqual(ids);
  });

  it('stands in every line made during it, after its body was read and its work has waited', async () => {
    const post = (requestId: string): Promise<unknown> => {
      const headers = { ...bearer, 'Content-Type': 'application/json', 'X-Request-Id': requestId };
      return ask(port, '/logged', { method: 'POST', headers, body: JSON.stringify({ note: `of ${requestId}` }) });
    };
    await Promise.all(['one', 'two', 'three'].map(post));
    for (const requestId of ['one', 'two', 'three']) {
      await untilTold(requestId, 'a request was answered');
      expect(about(requestId)).toMatchObject([
        { msg: 'the work of a request', note: `of ${requestId}` },
        { msg: 'a request was answered', method: 'POST', path: '/logged', status: 201, isWhole: true },
      ]);
    }
  });

  it('finds the request in the log: at warn when it failed or was slow, else at debug, and never its query', async () => {
    const told = async (target: string, msg: string): Promise<Line | undefined> => {
      const { headers } = await ask(port, target);
      const id = headers['x-request-id'];
      await untilTold(id, msg);
      return about(id).find((line) => line['msg'] === msg);
    };
    const [debug, warn] = [20, 40];
    expect(await told('/conflict?token=t0ken', 'a request was answered')).toMatchObject({ level: debug, status: 409 });
    expect(await told('/broken', 'a request failed')).toMatchObject({ level: warn, status: 500, path: '/broken' });
    const slow = await told('/slow', 'a request was slow');
    expect(slow).toMatchObject({ level: warn, status: 200 });
    expect(Number(slow?.['waitedMs'])).toBeGreaterThan(1_000);
    expect(lines.join('')).not.toContain('t0ken');
  });

  it('is told to whoever is refused at the door', async () => {
    const { headers, json } = await ask(port, '/', { headers: { Host: 'evil.example', 'X-Request-Id': 'door-1' } });
    expect([json['code'], json['requestId'], headers['x-request-id']]).toEqual([
      'host_not_allowed',
      'door-1',
      'door-1',
    ]);
  });
});
