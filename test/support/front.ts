import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';

/** What a REST call is answered instead; a function rewrites what the exchange answered. */
export type FrontRule =
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body: string }
  | ((body: string) => string);

/** Stands before simulated exchanges as what lies between us and real ones: refuses, rewrites, and stalls. */
export class Front {
  /** Paths of the REST calls that came, in order. */
  readonly calls: string[] = [];
  private readonly rules = new Map<string, FrontRule>();
  private readonly sockets = new Set<Socket>();
  private server: Server | undefined;

  private constructor(private readonly behind: URL) {}

  static async open(behind: string): Promise<Front> {
    const front = new Front(new URL(behind));
    const server = createServer((request, response) => void front.answer(request, response));
    server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
      front.join(request, socket, head);
    });
    front.server = server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return front;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server?.address() as AddressInfo).port}`;
  }

  /** Sets what calls of a path get, until it is taken back with null. */
  rule(path: string, rule: FrontRule | null): void {
    if (rule) this.rules.set(path, rule);
    else this.rules.delete(path);
  }

  callsOf(path: string): number {
    return this.calls.filter((called) => called.includes(path)).length;
  }

  /** Lets nothing through any more on the sockets that are open now; they stay open. */
  stall(): void {
    for (const socket of this.sockets) {
      socket.unpipe();
      socket.pause();
    }
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.server?.closeAllConnections();
    const { server } = this;
    if (server) await new Promise((resolve) => server.close(resolve));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '';
    this.calls.push(path);
    const rule = [...this.rules].find(([part]) => path.includes(part))?.[1];
    if (rule && typeof rule !== 'function') {
      response.writeHead(rule.status, { 'content-type': 'application/json', ...rule.headers }).end(rule.body);
      return;
    }
    const sent = request.method === 'POST' ? Buffer.concat(await request.toArray()) : undefined;
    const answer = await fetch(new URL(path, this.behind), {
      method: request.method ?? 'GET',
      headers: { 'content-type': request.headers['content-type'] ?? 'application/json' },
      ...(sent ? { body: sent } : {}),
    });
    const body = await answer.text();
    const type = answer.headers.get('content-type') ?? 'application/json';
    response.writeHead(answer.status, { 'content-type': type }).end(rule ? rule(body) : body);
  }

  private join(request: IncomingMessage, near: Socket, head: Buffer): void {
    const far = connect(Number(this.behind.port), this.behind.hostname);
    const lines = request.rawHeaders.map((text, index) => (index % 2 === 0 ? `${text}: ` : `${text}\r\n`));
    far.write(`${request.method ?? 'GET'} ${request.url ?? '/'} HTTP/1.1\r\n${lines.join('')}\r\n`);
    far.write(head);
    near.pipe(far).pipe(near);
    for (const socket of [near, far]) {
      this.sockets.add(socket);
      socket.on('error', () => {
        near.destroy();
        far.destroy();
      });
      socket.on('close', () => {
        this.sockets.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
  }
}
