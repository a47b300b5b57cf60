import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, connect, type Server, type Socket } from 'node:net';

/** Forwards ports of loopback inside a namespace over its one cable: whoever runs there reaches nothing else. */
const FORWARDER = `
const net = require('node:net');
const [host, ...ports] = process.argv.slice(1);
for (const port of ports) net.createServer((from) => {
  const to = net.connect(Number(port), host);
  for (const [one, other] of [[from, to], [to, from]]) one.on('error', () => other.destroy()).on('close', () => other.destroy());
  from.pipe(to).pipe(from);
}).listen(Number(port), '127.0.0.1');
`;

const ip = (...args: string[]): void => {
  execFileSync('ip', args, { stdio: 'pipe' });
};

/** A network namespace joined with ours by one cable that can be pulled; needs root. */
export class Namespace {
  private readonly sockets = new Set<Socket>();
  private readonly servers: Server[] = [];
  private forwarder: ReturnType<typeof spawn> | null = null;

  private constructor(
    readonly name: string,
    private readonly host: string,
    private readonly cable: string,
  ) {}

  /** Makes a namespace from which these ports of our loopback are reached as those of its own. */
  static async open(ports: readonly number[]): Promise<Namespace> {
    const id = process.pid % 10_000;
    const [host, guest] = [`10.231.${id % 250}.1`, `10.231.${id % 250}.2`];
    const [name, cable, far] = [`cbns${id}`, `cbh${id}`, `cbg${id}`];
    ip('netns', 'add', name);
    ip('link', 'add', cable, 'type', 'veth', 'peer', 'name', far);
    ip('link', 'set', far, 'netns', name);
    ip('addr', 'add', `${host}/30`, 'dev', cable);
    ip('link', 'set', cable, 'up');
    ip('-n', name, 'addr', 'add', `${guest}/30`, 'dev', far);
    ip('-n', name, 'link', 'set', far, 'up');
    ip('-n', name, 'link', 'set', 'lo', 'up');
    const namespace = new Namespace(name, host, cable);
    await namespace.forward(ports);
    return namespace;
  }

  /** Pulls the cable: nothing comes through, and nobody is told. */
  cut(): void {
    ip('link', 'set', this.cable, 'down');
  }

  mend(): void {
    ip('link', 'set', this.cable, 'up');
  }

  async close(): Promise<void> {
    this.forwarder?.kill('SIGKILL');
    for (const socket of this.sockets) socket.destroy();
    await Promise.all(this.servers.map((server) => new Promise((resolve) => server.close(resolve))));
    ip('link', 'del', this.cable);
    ip('netns', 'del', this.name);
  }

  private async forward(ports: readonly number[]): Promise<void> {
    for (const port of ports) {
      const server = createServer((from) => {
        const to = connect(port, '127.0.0.1');
        this.join(from, to);
        this.join(to, from);
        from.pipe(to).pipe(from);
      });
      server.listen(port, this.host);
      await once(server, 'listening');
      this.servers.push(server);
    }
    const args = ['netns', 'exec', this.name, process.execPath, '-e', FORWARDER, this.host, ...ports.map(String)];
    this.forwarder = spawn('ip', args, { stdio: 'ignore' });
  }

  private join(socket: Socket, other: Socket): void {
    this.sockets.add(socket);
    socket.on('error', () => other.destroy());
    socket.on('close', () => {
      this.sockets.delete(socket);
      other.destroy();
    });
  }
}
