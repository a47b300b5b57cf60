// The whole program for bench:truth, as its owner runs it: a process of its own, keys by REST, news by the stream.
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { WebSocket } from 'ws';
import { startProgram, until } from './processes.mjs';

/** Longest wait for the fees of all keys. */
const READ_WITHIN_MS = 60_000;
const FEE_CALL = /fee|commission|volume/i;
/** Who has read for all pairs at once makes no more calls than these, and none for so long. */
const FEW_CALLS = 3;
const QUIET_MS = 2_500;
const READ_ONLY = { read: true, trade: false, withdraw: false, transfer: false };

/** A running service: its REST, and every message of the channels that tell of opportunities and exchanges. */
export class Service {
  /** @param take - Called with each message of the stream as it arrives. */
  static async start(environment, take) {
    const program = await startProgram(environment);
    const service = new Service(program);
    try {
      service.token = (await readFile(path.join(program.dataDir, 'admin.token'), 'utf8')).trim();
      await service.listen(take);
    } catch (error) {
      await service.end();
      throw error;
    }
    return service;
  }

  token = '';
  socket = null;

  /** @param program - As it was started. */
  constructor(program) {
    this.program = program;
    this.url = program.url;
  }

  /** The body of an answer; null where there is no such path, or too many were asked. */
  async get(path) {
    const response = await fetch(`${this.url}${path}`, { headers: this.headers });
    if (response.status === 404 || response.status === 429) {
      await response.arrayBuffer();
      return null;
    }
    if (!response.ok) throw new Error(`GET ${path} answered ${response.status}: ${await response.text()}`);
    return response.json();
  }

  // A connection that is kept may be ended in the very moment in which it is used again: each question has its own.
  get headers() {
    return { authorization: `Bearer ${this.token}`, connection: 'close' };
  }

  async post(path, body) {
    const headers = { ...this.headers, 'content-type': 'application/json' };
    const response = await fetch(`${this.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`POST ${path} answered ${response.status}: ${await response.text()}`);
    return response.json();
  }

  /**
   * Gives it a key of each exchange that has accounts, and waits until it has read the fees with each: in a few calls for
   * all pairs, or in one a pair.
   *
   * @param pairs - Number of pairs by exchange.
   */
  async addKeys(simulator, pairs) {
    const keys = [];
    for (const exchange of Object.keys(pairs)) {
      const { apiKey, secret, passphrase } = simulator.createKey(exchange, { scopes: READ_ONLY });
      const hidden = passphrase === null ? {} : { passphrase };
      const { id } = await this.post('/v1/keys', { exchange, label: 'bench', apiKey, secret, ...hidden });
      keys.push({ id, exchange, calls: 0, sinceMs: performance.now() });
    }
    await until('the fees of the accounts are read', READ_WITHIN_MS, async () => {
      for (const key of keys) {
        const usage = await this.get(`/v1/keys/${key.id}/usage?limit=1000`);
        const calls = usage?.data.filter(({ path, outcome }) => outcome === 'ok' && FEE_CALL.test(path)).length ?? 0;
        if (calls !== key.calls) Object.assign(key, { calls, sinceMs: performance.now() });
      }
      const areRead = ({ exchange, calls, sinceMs }) =>
        calls >= pairs[exchange] || (calls > 0 && calls <= FEW_CALLS && performance.now() - sinceMs > QUIET_MS);
      return keys.every(areRead);
    });
  }

  async listen(take) {
    const headers = { authorization: `Bearer ${this.token}` };
    const socket = new WebSocket(`${this.url.replace('http', 'ws')}/v1/stream`, { headers, perMessageDeflate: false });
    this.socket = socket;
    socket.on('message', (data) => take(JSON.parse(data.toString())));
    await once(socket, 'open');
    for (const channel of ['opportunities', 'exchanges'])
      socket.send(JSON.stringify({ op: 'subscribe', id: channel, channel }));
  }

  async end() {
    this.socket?.terminate();
    await this.program.end();
  }
}
