import { setTimeout as sleep } from 'node:timers/promises';
import { MessageChannel, Worker } from 'node:worker_threads';
import type { ExchangeId } from '../../core/market/instrument.js';
import type { Clock } from '../../platform/clock/index.js';
import type { Settings } from '../../platform/config/index.js';
import type { Log } from '../../platform/logging/index.js';
import { shownSettings } from '../../platform/settings/index.js';
import type { CredentialSource, SignedCallLog } from '../contract/ports.js';
import { Backoff } from '../supervision/backoff.js';
import type { FromWorker, ToWorker, WorkerStart } from './messages.js';
import { Ring } from './ring.js';
import type { RingDrain } from './ring-drain.js';
import { RingReader } from './ring-reader.js';
import { plain } from './thread-ports.js';

/** What markets need of the process around them. */
export interface MarketContext {
  readonly settings: Settings;
  readonly clock: Clock;
  readonly log: Log;
  readonly credentials: CredentialSource;
  readonly calls: SignedCallLog;
}

/** What a thread is run with. */
export interface ThreadContext extends MarketContext {
  /** What the thread runs. */
  readonly program: URL;
  readonly drain: RingDrain;
  readonly bell: SharedArrayBuffer;
  /** Told when nobody watches these exchanges any more, at once. */
  readonly lost: (exchanges: readonly ExchangeId[], message: string) => void;
}

/** A thread that cannot hold itself is tried again for ever, at most so often. */
const RESTART = { baseMs: 250, capMs: 30_000, stableAfterMs: 60_000 };
/** Looks in a row, one a second, that may find no beat: in counts and not in time, so that a machine that slept is no fault. */
const MOST_SILENT_LOOKS = 5;
/** The same until the first beat: ccxt is loaded then. */
const MOST_STARTING_LOOKS = 30;
/** Ending signed calls, and closing sockets, each wait no longer than this, milliseconds. */
const PATIENCE_MS = 1_000;
/** What a thread's own objects may take, megabytes: one that grows beyond ends alone and is replaced. */
const MOST_HEAP_MB = 1_024;

interface Life {
  readonly worker: Worker;
  readonly ring: Ring;
  readonly reader: RingReader;
  readonly exited: Promise<void>;
  /** Why it ends, where that is known before it does. */
  fault: string | null;
  beats: number;
  silentLooks: number;
}

/** One worker thread with its exchanges: started, watched, and replaced when it ends or hangs. */
export class MarketThread {
  private readonly backoff = new Backoff(RESTART);
  private life: Life | null = null;
  private timer: NodeJS.Timeout | undefined;
  private signedEnded: (() => void) | null = null;
  private symbols: readonly string[];
  private isStopped = false;

  /**
   * @param worker - From 1, as logs name it.
   * @param exchanges - Whose books it keeps.
   * @param context - What it is run with.
   */
  constructor(
    private readonly worker: number,
    readonly exchanges: readonly ExchangeId[],
    private readonly context: ThreadContext,
  ) {
    this.symbols = context.settings.symbols;
  }

  /** False between the end of a thread and the start of the next. */
  get isRunning(): boolean {
    return this.life !== null;
  }

  /** Starts the thread; returns at once. */
  start(): void {
    const { context, exchanges, worker: index } = this;
    const ring = Ring.allocate();
    const { port1, port2 } = new MessageChannel();
    const start: WorkerStart = {
      worker: index,
      settings: {
        ...shownSettings(context.settings),
        exchanges: [...exchanges],
        symbols: [...this.symbols],
        workers: 0,
      },
      ring,
      bell: context.bell,
      parcels: port2,
    };
    const worker = new Worker(context.program, {
      name: `exchanges ${index}`,
      workerData: start,
      transferList: [port2],
      env: {},
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: MOST_HEAP_MB },
    });
    const shared = new Ring(ring);
    const reader = new RingReader(shared, port1);
    const exited = new Promise<void>((resolve) => {
      worker.once('exit', () => {
        resolve();
      });
    });
    const life: Life = { worker, ring: shared, reader, exited, fault: null, beats: 0, silentLooks: 0 };
    this.life = life;
    context.drain.add(reader);
    worker.on('message', (message: FromWorker) => {
      this.take(message);
    });
    worker.on('error', (error: unknown) => {
      const { message, stack = message } = error as Error;
      life.fault = message;
      context.log.error('a worker crashed on a fault that nobody caught; report this', { worker: index, error: stack });
    });
    worker.on('exit', (code) => {
      port1.close();
      life.fault ??= `it ended with code ${code}`;
      this.ended(life);
    });
    context.log.info('a worker runs', { worker: index, exchanges });
  }

  /** Looks whether the thread still turns; called once a second. */
  check(): void {
    const { life } = this;
    if (!life) return;
    const { beats } = life.ring;
    if (beats !== life.beats) {
      this.backoff.succeeded(this.context.clock.nowMs());
      life.beats = beats;
      life.silentLooks = 0;
      return;
    }
    life.silentLooks += 1;
    if (life.silentLooks !== (beats === 0 ? MOST_STARTING_LOOKS : MOST_SILENT_LOOKS)) return;
    life.fault = `it gave no sign of life for ${life.silentLooks} s`;
    void life.worker.terminate();
  }

  /** Notes that another key, or none, now speaks for an account. */
  keyChanged(exchange: ExchangeId): void {
    if (this.exchanges.includes(exchange)) this.say({ type: 'keyChanged', exchange });
  }

  /** Watches these symbols from now on, in this thread and in the next. */
  watch(symbols: readonly string[]): void {
    this.symbols = symbols;
    this.say({ type: 'watch', symbols });
  }

  /** Gives up signed calls; resolves when the last is told to the usage log, or soon after. */
  async endSigned(): Promise<void> {
    const { life } = this;
    if (!life) return;
    const ended = new Promise<void>((resolve) => {
      this.signedEnded = resolve;
    });
    this.say({ type: 'endSigned' });
    await within(PATIENCE_MS, [ended, life.exited]);
  }

  /** Closes the thread's sockets and ends it; resolves when it has ended. */
  async stop(): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.timer);
    const { life } = this;
    if (!life) return;
    this.context.drain.remove(life.reader);
    this.say({ type: 'stop' });
    await within(PATIENCE_MS, [life.exited]);
    await life.worker.terminate();
  }

  private take(message: FromWorker): void {
    switch (message.type) {
      case 'bell':
        this.context.drain.run();
        return;
      case 'askCredential':
        void this.handOut(message);
        return;
      case 'call':
        this.context.calls.record(message.call);
        return;
      case 'signedEnded':
        this.signedEnded?.();
    }
  }

  // Only for its own exchanges: a thread never sees the keys of others.
  private async handOut({ ask, exchange, purpose }: FromWorker & { type: 'askCredential' }): Promise<void> {
    try {
      if (!this.exchanges.includes(exchange)) throw new Error(`worker ${this.worker} has no business with ${exchange}`);
      const credential = await this.context.credentials.credential(exchange, purpose);
      this.say({ type: 'credential', ask, credential: credential && plain(credential) });
    } catch (error) {
      this.say({ type: 'noCredential', ask, reason: (error as Error).message });
    }
  }

  private say(message: ToWorker): void {
    this.life?.worker.postMessage(message);
  }

  private ended({ reader, fault: reason }: Life): void {
    this.life = null;
    if (this.isStopped) return;
    const { drain, log, lost, clock } = this.context;
    drain.remove(reader);
    const againInMs = Math.round(this.backoff.failed(clock.nowMs()));
    const { worker, exchanges } = this;
    log.warn('a worker ended; its exchanges begin anew in another', {
      worker,
      exchanges,
      reason,
      againInMs,
    });
    lost(exchanges, `the worker of this exchange ended: ${reason ?? ''}`);
    this.timer = setTimeout(() => {
      this.start();
    }, againInMs);
  }
}

async function within(patienceMs: number, ways: readonly Promise<unknown>[]): Promise<void> {
  const patience = new AbortController();
  try {
    await Promise.race([...ways, sleep(patienceMs, undefined, { signal: patience.signal })]);
  } finally {
    patience.abort();
  }
}
