import http from 'node:http';
import { connect, type Socket } from 'node:net';
import type { Answer } from '../support/request.js';
import type { WatchedService } from '../contract/watched-service.js';

/** Well below what one address and one token may ask within a minute. */
const REQUESTS_EACH = 400;
const ALL_SCOPES = [
  ...['feed', 'history', 'keys:read', 'keys:admin', 'symbols:admin', 'identity:admin', 'tokens:admin'],
];

/** What is sent, byte by byte as it is meant. */
export interface Shot {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
}

/** Sends what no honest client sends, from as many addresses and with as many tokens as it needs. */
export class Attacker {
  private readonly tokens: string[] = [];
  private shots = 0;

  constructor(private readonly service: WatchedService) {}

  /** Has enough tokens made for so many requests. */
  async arm(requests: number): Promise<void> {
    for (let i = 0; i * REQUESTS_EACH < requests; i += 1) {
      this.tokens.push((await this.service.makeToken(`attacker-${i}`, ALL_SCOPES)).token);
    }
  }

  /** All tokens that it holds. */
  get secrets(): readonly string[] {
    return this.tokens;
  }

  /** Asks with a token that may do everything, unless the headers say otherwise. */
  ask(target: string, shot: Shot = {}): Promise<Answer> {
    const round = Math.floor(this.shots / REQUESTS_EACH);
    this.shots += 1;
    const token = this.tokens[round];
    if (token === undefined) throw new Error('the attacker has shot its tokens; arm it with more');
    return this.send(
      target,
      { ...shot, headers: { Authorization: `Bearer ${token}`, ...shot.headers } },
      address(round),
    );
  }

  /** Asks with the headers given, from an address of the loopback network. */
  send(target: string, { method = 'GET', headers = {}, body }: Shot, from: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const request = http.request(
        { host: '127.0.0.1', port: this.service.port, path: target, method, headers, agent: false, localAddress: from },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('end', () => {
            const text = Buffer.concat(chunks).toString();
            resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json: parsed(text) });
          });
        },
      );
      request.on('error', reject);
      request.end(body);
    });
  }

  /** Opens a connection and writes these bytes, which need not be HTTP. */
  open(bytes: Buffer | string, from = '127.2.0.1'): RawConnection {
    return new RawConnection(connect({ host: '127.0.0.1', port: this.service.port, localAddress: from }), bytes);
  }
}

/** A connection that says what it wants, and keeps what it hears. */
export class RawConnection {
  heard = '';
  readonly ended: Promise<string>;

  constructor(
    readonly socket: Socket,
    bytes: Buffer | string,
  ) {
    this.ended = new Promise((resolve) => {
      socket.on('close', () => {
        resolve(this.heard);
      });
    });
    // Being cut off is what it is after.
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => (this.heard += chunk.toString('latin1')));
    socket.write(bytes);
  }

  get status(): number {
    return Number(/^HTTP\/1\.1 (\d{3})/.exec(this.heard)?.[1] ?? 0);
  }
}

function address(round: number): string {
  return `127.1.${Math.floor(round / 200)}.${(round % 200) + 1}`;
}

function parsed(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}
