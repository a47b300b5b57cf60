import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import https from 'node:https';
import os from 'node:os';
import path from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { WebSocket } from 'ws';
import { StartupError } from '../../src/platform/config/index.js';
import { type SecureServer, TLS_SERVER_BOUNDS, TlsFiles } from '../../src/platform/http/index.js';
import { Log } from '../../src/platform/logging/index.js';
import { type Certificate, writeCertificate } from '../support/certificate.js';
import { FeedApp } from '../support/feed-app.js';
import { ask } from '../support/request.js';

/** The certificate is looked for under this name, whatever a test puts into `Host`. */
const NAMED = { servername: 'localhost' };
const directory = mkdtempSync(path.join(os.tmpdir(), 'crossbook-tls-'));
let certificate: Certificate;
let tls: TlsFiles;
let feed: FeedApp;

beforeAll(async () => {
  certificate = await writeCertificate(directory);
  tls = TlsFiles.open({ tls: certificate.files })!;
  feed = await FeedApp.start(
    {},
    {
      settings: { host: '0.0.0.0', allowedHosts: ['localhost'], tls: certificate.files },
      httpsOptions: { ...tls.pair, ...TLS_SERVER_BOUNDS },
    },
  );
});

afterAll(async () => {
  await feed.stop();
  rmSync(directory, { recursive: true });
});

function get(headers: Record<string, string> = {}): Promise<{ status: number; headers: Record<string, unknown> }> {
  const options = {
    port: feed.port,
    host: 'localhost',
    path: '/v1/nothing',
    headers,
    ca: certificate.cert,
    agent: false,
  };
  return new Promise((resolve, reject) => {
    https
      .get({ ...options, family: 4, servername: 'localhost' }, (response) => {
        response.resume();
        resolve({ status: response.statusCode ?? 0, headers: response.headers });
      })
      .on('error', reject);
  });
}

async function firstMessage(headers: Record<string, string>): Promise<string> {
  const address = `wss://localhost:${feed.port}/v1/stream`;
  const socket = new WebSocket(address, { headers, ca: certificate.cert, family: 4, ...NAMED });
  try {
    const [data] = (await once(socket, 'message')) as [Buffer];
    return data.toString();
  } finally {
    socket.terminate();
  }
}

async function serialShown(): Promise<string> {
  const socket: TLSSocket = connect({
    port: feed.port,
    host: '127.0.0.1',
    servername: 'localhost',
    rejectUnauthorized: false,
  });
  await once(socket, 'secureConnect');
  const { serialNumber } = socket.getPeerCertificate();
  socket.destroy();
  return serialNumber;
}

describe('a service with TLS beyond loopback', () => {
  const bearer = (): Record<string, string> => ({ Authorization: `Bearer ${feed.token}` });

  it('answers by https and tells browsers to ask by nothing else', async () => {
    const answer = await get();
    expect([answer.status, answer.headers['strict-transport-security']]).toEqual([404, 'max-age=31536000']);
  });

  it('greets by wss whoever shows a token, and offers the others nothing', async () => {
    expect(JSON.parse(await firstMessage(bearer()))).toMatchObject({ type: 'hello' });
    const socket = new WebSocket(`wss://localhost:${feed.port}/v1/stream`, { ca: certificate.cert, family: 4 });
    const answers: { code?: string; type: string }[] = [];
    socket.on('message', (data: Buffer) => answers.push(JSON.parse(data.toString()) as { type: string }));
    await once(socket, 'message');
    socket.send(JSON.stringify({ op: 'subscribe', id: 'a', channel: 'opportunities' }));
    await once(socket, 'message');
    socket.terminate();
    expect(answers).toMatchObject([{ type: 'hello' }, { type: 'error', code: 'unauthenticated' }]);
  });

  it.each([
    ['a name of a stranger that leads here', { Host: 'rebound.example' }],
    ['a name of a stranger with our port', { Host: 'rebound.example:443' }],
    ['a page of a stranger', { Origin: 'https://evil.example' }],
    ['a page without an address', { Origin: 'null' }],
  ] as [string, Record<string, string>][])(
    'refuses %s, also with a token',
    async (_what: string, headers: Record<string, string>) => {
      expect((await get({ ...bearer(), ...headers })).status).toBe(403);
      await expect(firstMessage({ ...bearer(), ...headers })).rejects.toThrow('403');
    },
  );

  it('answers its own pages, whatever the port', async () => {
    expect((await get({ Origin: `https://localhost:${feed.port}` })).status).toBe(404);
    const own = { ...bearer(), Origin: `https://localhost:${feed.port}` };
    expect(JSON.parse(await firstMessage(own))).toMatchObject({ type: 'hello' });
  });

  it('says nothing in clear text', async () => {
    await expect(ask(feed.port, '/health/live')).rejects.toThrow();
  });

  it('takes a renewed certificate without a restart, and keeps the old one while the new is not whole', async () => {
    const server = feed.app.getHttpServer() as unknown as SecureServer;
    const log = feed.app.get(Log);
    const before = await serialShown();
    writeFileSync(certificate.files.cert, certificate.cert.slice(0, 200));
    tls.refresh(server, log);
    tls.refresh(server, log);
    expect(await serialShown()).toBe(before);
    expect(feed.lines.filter((line) => line.includes('cannot be used'))).toHaveLength(1);
    certificate = await writeCertificate(directory);
    tls.refresh(server, log);
    expect(await serialShown()).not.toBe(before);
    expect((await get()).status).toBe(404);
  });
});

describe('TlsFiles', () => {
  it('refuses files that are missing, no PEM, or do not belong together', async () => {
    const other = mkdtempSync(path.join(os.tmpdir(), 'crossbook-tls-'));
    try {
      const { files } = await writeCertificate(other);
      const missing = { ...files, key: path.join(other, 'none.pem') };
      expect(() => TlsFiles.open({ tls: missing })).toThrow(/tls.key: cannot read .*ENOENT/);
      expect(() => TlsFiles.open({ tls: { ...files, key: certificate.files.key } })).toThrow(StartupError);
      expect(() => TlsFiles.open({ tls: { cert: files.key, key: files.key } })).toThrow(/give both as PEM/);
      expect(TlsFiles.open({ tls: {} })).toBeNull();
    } finally {
      rmSync(other, { recursive: true });
    }
  });
});
