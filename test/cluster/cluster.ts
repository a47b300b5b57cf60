import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Role } from '../../src/platform/config/index.js';
import { childEnvironment } from '../../src/platform/config/index.js';
import { freePort, programs } from '../support/stack.js';
import { waitFor } from '../support/wait-for.js';

const READY_WITHIN_MS = 90_000;
const STOP_WITHIN_MS = 15_000;

/** A process of a role. */
export interface Running {
  readonly name: string;
  readonly role: Role;
  readonly url: string;
  readonly child: ChildProcess;
  /** What it wrote. */
  readonly log: string[];
}

/** Processes of all roles over one broker and one database. */
export class Cluster {
  private readonly running = new Map<string, Running>();

  /**
   * @param directory - Where each has a folder of its own.
   * @param settings - Of every one of them.
   */
  constructor(
    private readonly directory: string,
    private readonly settings: Readonly<Record<string, string>>,
  ) {}

  get(name: string): Running {
    const found = this.running.get(name);
    if (!found) throw new Error(`${name} does not run`);
    return found;
  }

  /** Everything that was written, for the message of a failed test. */
  get logs(): string {
    return [...this.running.values()].map(({ name, log }) => `== ${name}\n${log.slice(-30).join('')}`).join('\n');
  }

  /**
   * Starts a process; resolves when it is ready.
   *
   * @param namespace - Where it runs; then nobody can ask it whether it is ready.
   */
  async start(name: string, role: Role, namespace: string | null = null): Promise<Running> {
    const port = await freePort();
    const folder = path.join(this.directory, name);
    mkdirSync(folder, { recursive: true });
    const environment = childEnvironment({
      ...this.settings,
      CROSSBOOK_ROLE: role,
      CROSSBOOK_PORT: String(port),
      CROSSBOOK_DATA_DIR: path.join(folder, 'data'),
      CROSSBOOK_CLUSTER_MEMBER: name,
    });
    const command = [process.execPath, path.join(programs, 'main.js')];
    const [program = '', ...args] = namespace === null ? command : ['ip', 'netns', 'exec', namespace, ...command];
    const child = spawn(program, args, { cwd: folder, env: { ...environment }, stdio: ['ignore', 'pipe', 'pipe'] });
    const log: string[] = [];
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        log.push(text);
      });
    }
    const running: Running = { name, role, url: `http://127.0.0.1:${port}`, child, log };
    this.running.set(name, running);
    if (namespace === null) await this.ready(running);
    return running;
  }

  /** As a power cut; the process is gone when this resolves. */
  async kill(name: string): Promise<void> {
    const { child } = this.get(name);
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  }

  /** Asks it to stop, and resolves with its exit code. */
  async stop(name: string): Promise<number | null> {
    const { child } = this.get(name);
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    const exit = once(child, 'exit');
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
    await exit;
    clearTimeout(timer);
    return child.exitCode;
  }

  async stopAll(): Promise<void> {
    await Promise.all([...this.running.keys()].map((name) => this.stop(name)));
  }

  private async ready({ name, url, child, log }: Running): Promise<void> {
    await waitFor(
      `${name} is ready`,
      async () => {
        if (child.exitCode !== null) throw new Error(`${name} ended:\n${log.join('')}`);
        const answer = await fetch(`${url}/health/ready`).catch(() => null);
        return answer?.ok === true;
      },
      READY_WITHIN_MS,
    );
  }
}
