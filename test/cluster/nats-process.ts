import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import path from 'node:path';
import { NATS_SERVER } from '../support/nats-server.js';
import { waitFor } from '../support/wait-for.js';

/** A NATS server with JetStream on loopback, with its store in a folder of its own. */
export class NatsProcess {
  private child: ChildProcess | null = null;

  constructor(
    private readonly directory: string,
    readonly port: number,
  ) {}

  get url(): string {
    return `nats://127.0.0.1:${this.port}`;
  }

  /** @throws {Error} Where there is no nats-server: apt-get install nats-server. */
  async start(): Promise<void> {
    if (NATS_SERVER === null) throw new Error('nats-server is missing: apt-get install nats-server');
    const store = path.join(this.directory, 'jetstream');
    const args = ['-a', '127.0.0.1', '-p', String(this.port), '-js', '-sd', store];
    this.child = spawn(NATS_SERVER, args, { stdio: 'ignore' });
    await waitFor('NATS answers', () => answers(this.port));
  }

  /** As a power cut. */
  async kill(): Promise<void> {
    const { child } = this;
    this.child = null;
    if (child?.exitCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
