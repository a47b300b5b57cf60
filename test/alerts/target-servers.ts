import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

/** A request as a target got it. */
export interface Got {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly json: Record<string, unknown>;
  readonly atMs: number;
}

/** How a target answers instead of taking what it got; `hang` never does. */
export type Trouble =
  | 'reset'
  | 'hang'
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: object | string };

/** What the real ones answer: Telegram's Bot API, a Discord webhook with `wait`, a Slack webhook, a program. */
function taken(path: string, response: ServerResponse): void {
  const json = { 'content-type': 'application/json' };
  if (path.endsWith('/sendMessage')) {
    response.writeHead(200, json).end(JSON.stringify({ ok: true, result: { message_id: 1 } }));
  } else if (path.includes('/api/webhooks/')) {
    response.writeHead(200, json).end(JSON.stringify({ id: '1', type: 0 }));
  } else if (path.startsWith('/services/')) {
    response.writeHead(200, { 'content-type': 'text/html' }).end('ok');
  } else {
    response.writeHead(204).end();
  }
}

/** Telegram, Discord, Slack and a program of the owner's, on one port of this machine. */
export class TargetServer {
  readonly got: Got[] = [];
  private readonly troubles: { readonly path: string; readonly trouble: Trouble }[] = [];
  private server: Server | null = null;

  async open(port = 0): Promise<this> {
    this.server = createServer((request, response) => void this.answer(request, response));
    this.server.listen(port, '127.0.0.1');
    await once(this.server, 'listening');
    return this;
  }

  get port(): number {
    return (this.server?.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Answers the next requests whose path holds this so, one each. */
  trouble(path: string, ...troubles: Trouble[]): void {
    this.troubles.push(...troubles.map((trouble) => ({ path, trouble })));
  }

  /** What came under paths that hold this. */
  of(path: string): Got[] {
    return this.got.filter((one) => one.path.includes(path));
  }

  async close(): Promise<void> {
    const { server } = this;
    this.server = null;
    server?.closeAllConnections();
    if (server) await new Promise((resolve) => server.close(resolve));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '';
    const body = Buffer.concat(await request.toArray()).toString();
    const json = JSON.parse(body) as Record<string, unknown>;
    this.got.push({ path, headers: request.headers, body, json, atMs: Date.now() });
    const at = this.troubles.findIndex((one) => path.includes(one.path));
    const [found] = at < 0 ? [] : this.troubles.splice(at, 1);
    if (!found) taken(path, response);
    else if (found.trouble === 'reset') request.socket.resetAndDestroy();
    else if (found.trouble !== 'hang') {
      const { status, headers = {}, body: answer = '' } = found.trouble;
      const text = typeof answer === 'string' ? answer : JSON.stringify(answer);
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(text);
    }
  }
}

/** A mail as it was taken. */
export interface Mail {
  readonly to: readonly string[];
  readonly raw: string;
}

/** A real SMTP server that knows one user. */
export class MailServer {
  readonly mails: Mail[] = [];
  /** What the next mails are answered instead. */
  readonly refusals: number[] = [];
  private server: SMTPServer | null = null;

  constructor(private readonly password: string) {}

  async open(): Promise<this> {
    this.server = new SMTPServer({
      authOptional: false,
      allowInsecureAuth: true,
      disabledCommands: ['STARTTLS'],
      onAuth: ({ username, password }, _session, done) => {
        if (username === 'crossbook' && password === this.password) done(null, { user: username });
        else done(new Error('wrong password'));
      },
      onData: (stream, session, done) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          const responseCode = this.refusals.shift();
          if (responseCode !== undefined) {
            done(Object.assign(new Error('not now'), { responseCode }));
            return;
          }
          this.mails.push({
            to: session.envelope.rcptTo.map(({ address }) => address),
            raw: Buffer.concat(chunks).toString(),
          });
          done();
        });
      },
    });
    // Clients that break off are what some tests are about.
    this.server.on('error', () => undefined);
    this.server.listen(0, '127.0.0.1');
    await once(this.server.server, 'listening');
    return this;
  }

  get port(): number {
    return (this.server?.server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    const { server } = this;
    if (!server) return;
    await new Promise<void>((resolve) => {
      server.close(resolve);
    });
  }
}
