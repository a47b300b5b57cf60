import { readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ChildProgram } from '../../src/cli/demo/child-program.js';
import { freePort } from '../../src/cli/demo/free-port.js';
import { ServiceClient, type StreamMessage } from '../../src/cli/demo/service-client.js';
import { childEnvironment } from '../../src/platform/config/index.js';

export const programs = path.resolve(import.meta.dirname, '../../dist');
const READY_WITHIN_MS = 60_000;

/** A directory that is removed with everything in it. */
export class TemporaryDirectory {
  readonly path = mkdtempSync(path.join(tmpdir(), 'crossbook-e2e-'));

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** The bytes of every file below a directory, with its name. */
export function* filesBelow(directory: string): Generator<[string, Buffer]> {
  for (const entry of readdirSync(directory)) {
    const file = path.join(directory, entry);
    const stat = statSync(file);
    if (stat.isDirectory()) yield* filesBelow(file);
    else if (stat.isFile()) yield [file, readFileSync(file)];
  }
}

/** Programs of the product as processes of their own, with all that they wrote. */
export class Stack {
  readonly logs: string[] = [];
  private readonly started: ChildProgram[] = [];

  constructor(readonly directory: string) {}

  async simulator(seed: number): Promise<string> {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const program = this.start('simulator/main.js', ['--port', String(port), '--seed', String(seed)], {});
    await program.ready(`${url}/__sim`, READY_WITHIN_MS, AbortSignal.timeout(READY_WITHIN_MS));
    return url;
  }

  async service(
    settings: Record<string, string>,
  ): Promise<{ program: ChildProgram; url: string; client: ServiceClient }> {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const dataDir = path.join(this.directory, 'data');
    const program = this.start('main.js', [], {
      CROSSBOOK_PORT: String(port),
      CROSSBOOK_DATA_DIR: dataDir,
      ...settings,
    });
    await program.ready(`${url}/health/ready`, READY_WITHIN_MS, AbortSignal.timeout(READY_WITHIN_MS));
    const client = new ServiceClient(url, readFileSync(path.join(dataDir, 'admin.token'), 'utf8').trim());
    return { program, url, client };
  }

  start(entry: string, args: string[], settings: Record<string, string>): ChildProgram {
    const program = ChildProgram.start({
      name: entry,
      entry: path.join(programs, entry),
      args,
      environment: childEnvironment(settings),
      directory: this.directory,
      onLog: (text) => this.logs.push(text),
    });
    this.started.push(program);
    return program;
  }

  async stop(): Promise<void> {
    for (const program of this.started.reverse()) await program.stop(8_000);
  }
}

export { freePort };
export type { ServiceClient, StreamMessage };
