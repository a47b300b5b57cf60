import { readFileSync } from 'node:fs';
import path from 'node:path';
import { FeedClient } from '../support/feed-client.js';
import { Stack, TemporaryDirectory } from '../support/stack.js';

interface SimulatedKey {
  readonly apiKey: string;
  readonly secret: string;
  readonly passphrase?: string;
}

type Rights = Readonly<Record<'read' | 'trade' | 'withdraw' | 'transfer', boolean>>;
const READ_ONLY: Rights = { read: true, trade: false, withdraw: false, transfer: false };

/** The service as its owner runs it, a process of its own on the simulator, and everybody who talked to it. */
export class WatchedService {
  private readonly directory = new TemporaryDirectory();
  private readonly stack = new Stack(this.directory.path);
  readonly clients: FeedClient[] = [];
  simulator = '';
  port = 0;
  token = '';

  /** @param settings - Beside the gateway. */
  async start(settings: Readonly<Record<string, string>> = {}): Promise<void> {
    this.simulator = await this.stack.simulator(7);
    const { url } = await this.stack.service({ CROSSBOOK_EXCHANGE_GATEWAY: this.simulator, ...settings });
    this.port = Number(new URL(url).port);
    this.token = readFileSync(path.join(this.dataDir, 'admin.token'), 'utf8').trim();
  }

  get dataDir(): string {
    return path.join(this.directory.path, 'data');
  }

  get bearer(): { readonly Authorization: string } {
    return { Authorization: `Bearer ${this.token}` };
  }

  /** Everything that its programs wrote. */
  get log(): string {
    return this.stack.logs.join('');
  }

  async connect(headers: Record<string, string> = {}, autoPong = true): Promise<FeedClient> {
    const client = await FeedClient.connect(this.port, headers, autoPong);
    this.clients.push(client);
    return client;
  }

  /** Has an exchange issue a key. */
  async issueKey(exchange: string, scopes: Partial<Rights> = {}, ipList = ['127.0.0.1']): Promise<SimulatedKey> {
    const response = await fetch(`${this.simulator}/__sim/keys`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ exchange, label: exchange, scopes: { ...READ_ONLY, ...scopes }, ipList }),
    });
    if (!response.ok) throw new Error(`the simulator made no ${exchange} key: ${response.status}`);
    const { apiKey, secret, passphrase } = (await response.json()) as SimulatedKey;
    return { apiKey, secret, ...(passphrase === undefined ? {} : { passphrase }) };
  }

  /** Stores a key of an exchange; the service checks it there first. */
  async storeKey(exchange: string, label: string, more: object = {}): Promise<string> {
    const body = { exchange, label, ...(await this.issueKey(exchange)), ...more };
    return (await this.owner<{ id: string }>('POST', '/v1/keys', body)).id;
  }

  /** Makes a token with these scopes. */
  async makeToken(name: string, scopes: readonly string[]): Promise<{ id: string; token: string }> {
    return this.owner('POST', '/v1/tokens', { name, scopes });
  }

  /** Asks as the owner, and expects success. */
  async owner<T>(method: string, target: string, body?: object): Promise<T> {
    const response = await fetch(`http://127.0.0.1:${this.port}${target}`, {
      method,
      headers: { ...this.bearer, 'content-type': 'application/json' },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${target} answered ${response.status}: ${text}`);
    return (text === '' ? {} : JSON.parse(text)) as T;
  }

  /** A figure of `/metrics`, summed over its labels. */
  async figure(name: string): Promise<number> {
    const response = await fetch(`http://127.0.0.1:${this.port}/metrics`, { headers: this.bearer });
    const lines = (await response.text()).split('\n').filter((line) => /^\w+/.exec(line)?.[0] === name);
    return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
  }

  async stop(): Promise<void> {
    await this.stack.stop();
  }

  async remove(): Promise<void> {
    for (const { socket } of this.clients) socket.terminate();
    await this.stack.stop();
    this.directory.remove();
  }
}
