import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 50;
/** What is kept of a program's log, to be shown when it fails. */
const LOG_TAIL_BYTES = 8_192;

/** How to start a program of ours as a process of its own. */
export interface ProgramOptions {
  readonly name: string;
  readonly entry: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly directory: string;
  /** Where its log goes line by line; without it the log is only kept to explain a failure. */
  readonly onLog?: (text: string) => void;
}

/** A program of ours that runs as a process of its own and ends with us, however we end. */
export class ChildProgram {
  private tail = '';

  private constructor(
    readonly name: string,
    private readonly child: ChildProcess,
    onLog: ((text: string) => void) | undefined,
  ) {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.tail = (this.tail + text).slice(-LOG_TAIL_BYTES);
        onLog?.(text);
      });
    }
  }

  /**
   * Starts a program in a process group of its own, so that a Ctrl-C in the terminal reaches only us and we stop it in
   * order. It sees our end by its channel to us, so that nothing is left even when we are killed.
   */
  static start(options: ProgramOptions): ChildProgram {
    const child = spawn(process.execPath, [options.entry, ...options.args], {
      cwd: options.directory,
      env: { ...options.environment },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      detached: true,
    });
    return new ChildProgram(options.name, child, options.onLog);
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  /** Resolves when an address of the program answers with success; fails when the program ends first, or we are stopped. */
  async ready(url: string, withinMs: number, stopped: AbortSignal): Promise<void> {
    const deadline = Date.now() + withinMs;
    while (!(await answers(url))) {
      stopped.throwIfAborted();
      if (this.hasEnded) throw new Error(`${this.name} ended before it was ready:\n${this.tail}`);
      if (Date.now() > deadline) throw new Error(`${this.name} was not ready within ${withinMs} ms:\n${this.tail}`);
      await delay(POLL_MS);
    }
  }

  /** Resolves with its exit code when the program has ended by itself, null when a signal ended it. */
  async ended(): Promise<number | null> {
    if (!this.hasEnded) await once(this.child, 'close');
    return this.child.exitCode;
  }

  /** What it wrote last. */
  get lastLog(): string {
    return this.tail;
  }

  /** Asks the program to stop, and ends it when it has not after a time. */
  async stop(withinMs: number): Promise<void> {
    if (this.hasEnded) return;
    const exit = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    const timer = setTimeout(() => this.child.kill('SIGKILL'), withinMs);
    await exit;
    clearTimeout(timer);
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(1_000) });
    return response.ok;
  } catch {
    // Not listening yet: that is what the caller waits for, and it bounds the wait.
    return false;
  }
}
