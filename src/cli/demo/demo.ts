import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { WebSocket } from 'ws';
import { childEnvironment } from '../../platform/config/index.js';
import { assertPortFree } from '../../platform/lifecycle/index.js';
import { Board } from './board.js';
import { ChildProgram } from './child-program.js';
import { addDemoKeys } from './demo-keys.js';
import { freePort } from './free-port.js';
import { eventLine, screen } from './screen.js';
import { ServiceClient, type StreamMessage } from './service-client.js';

/** The exchanges that the simulator plays. */
const EXCHANGES = ['binance', 'okx', 'bybit', 'kraken'];
/** The load of the demo: thirteen symbols, ten updates a second on each exchange that lists one. */
const SYMBOLS = [
  ...['BTC/USDT', 'ETH/USDT', 'SOL/USDT', 'XRP/USDT', 'ADA/USDT', 'DOGE/USDT', 'LTC/USDT'],
  ...['BTC/USDC', 'ETH/USDC', 'BTC/USD', 'USDT/USD', 'USDC/USDT', 'USDC/USD'],
];
const START_WITHIN_MS = 60_000;
const SERVICE_STOPS_WITHIN_MS = 1_400;
const SIMULATOR_STOPS_WITHIN_MS = 400;
const REFRESH_MS = 500;
const CLEAR_SCREEN = '\u001b[2J\u001b[H';

/** What the user asked the demo for. */
export interface DemoOptions {
  readonly port: number;
  readonly seed: number;
  /** Seconds after which it ends by itself; null runs until Ctrl-C. */
  readonly durationSeconds: number | null;
  /** Where the service keeps its data; null takes a temporary directory and removes it afterwards. */
  readonly dataDir: string | null;
  /** Where the service writes what its detection sees; null for nowhere. */
  readonly captureFile: string | null;
}

/** Where the demo writes. */
export interface DemoOutput {
  readonly isTerminal: boolean;
  write(text: string): void;
}

/** Runs the simulated exchanges and the service as two processes and shows what the stream tells. */
export class Demo {
  private readonly board = new Board();
  private refused = 0;
  private simulator: ChildProgram | null = null;
  private service: ChildProgram | null = null;
  private socket: WebSocket | null = null;
  private readonly temporaryDir: string;
  private isLive = false;

  /**
   * @param options - What the user asked for.
   * @param output - Where to write.
   * @param programs - Directory of the compiled programs.
   */
  constructor(
    private readonly options: DemoOptions,
    private readonly output: DemoOutput,
    private readonly programs: string,
  ) {
    this.temporaryDir = mkdtempSync(path.join(tmpdir(), 'crossbook-demo-'));
  }

  /**
   * Runs until the duration has passed or `stopped` aborts.
   *
   * @returns The summary line.
   * @throws {Error} When a program does not start or ends early, with what it wrote last.
   */
  async run(stopped: AbortSignal): Promise<string> {
    try {
      const client = await this.start(stopped);
      const startedAtMs = Date.now();
      await this.show(client, stopped);
      const seconds = Math.round((Date.now() - startedAtMs) / 1_000);
      if (!stopped.aborted) await this.refresh(client);
      const { opened, closed, updates } = this.board;
      const counts = `${updates} updates, ${opened} opened, ${closed} closed, ${this.refused} refused`;
      return `demo: ${seconds} s, ${EXCHANGES.length} exchanges, ${counts}`;
    } finally {
      await this.stop();
    }
  }

  private async start(stopped: AbortSignal): Promise<ServiceClient> {
    const { port, seed } = this.options;
    const simulatorPort = await freePort();
    const simulatorUrl = `http://127.0.0.1:${simulatorPort}`;
    const url = `http://127.0.0.1:${port}`;
    // Whoever answers there already is not the service of this demo.
    await assertPortFree(port, '127.0.0.1');
    this.say(`starting the simulated exchanges (seed ${seed}) on ${simulatorUrl} …`);
    this.simulator = ChildProgram.start({
      name: 'the simulator',
      entry: path.join(this.programs, 'simulator/main.js'),
      args: ['--port', String(simulatorPort), '--seed', String(seed)],
      environment: childEnvironment(),
      directory: this.temporaryDir,
    });
    const dataDir = this.options.dataDir ?? path.join(this.temporaryDir, 'data');
    this.say(`starting the service on ${url}, its data in ${dataDir} …`);
    this.service = this.startService(dataDir, simulatorUrl);
    await this.simulator.ready(`${simulatorUrl}/__sim`, START_WITHIN_MS, stopped);
    await this.service.ready(`${url}/health/ready`, START_WITHIN_MS, stopped);
    const client = new ServiceClient(url, readFileSync(path.join(dataDir, 'admin.token'), 'utf8').trim());
    this.socket = await client.stream(['opportunities', 'exchanges', 'keys'], (message) => {
      this.take(message);
    });
    await addDemoKeys(simulatorUrl, client);
    for (const line of this.addresses()) this.say(line);
    this.isLive = true;
    return client;
  }

  private startService(dataDir: string, simulatorUrl: string): ChildProgram {
    return ChildProgram.start({
      name: 'the service',
      entry: path.join(this.programs, 'main.js'),
      args: [],
      environment: childEnvironment({
        CROSSBOOK_PORT: String(this.options.port),
        CROSSBOOK_DATA_DIR: dataDir,
        CROSSBOOK_EXCHANGE_GATEWAY: simulatorUrl,
        CROSSBOOK_EXCHANGES: EXCHANGES.join(','),
        CROSSBOOK_SYMBOLS: SYMBOLS.join(','),
        CROSSBOOK_KEYS_ACCEPT_WITHDRAWAL: 'true',
        CROSSBOOK_KEYS_CHECK_INTERVAL_MS: '10000',
        CROSSBOOK_CAPTURE_FILE: this.options.captureFile ?? '',
      }),
      directory: this.temporaryDir,
    });
  }

  private addresses(): string[] {
    const { port } = this.options;
    return [
      `open:   http://127.0.0.1:${port}`,
      `look:   http://127.0.0.1:${port}/docs   http://127.0.0.1:${port}/v1/opportunities   http://127.0.0.1:${port}/v1/exchanges`,
      `watch:  npx wscat -c ws://127.0.0.1:${port}/v1/stream -w 60 -x '{"op":"subscribe","id":"1","channel":"opportunities"}'`,
      'stop:   Ctrl-C',
    ];
  }

  /** Shows until the duration has passed, somebody stops it, or a program ends. */
  private async show(client: ServiceClient, stopped: AbortSignal): Promise<void> {
    const { durationSeconds } = this.options;
    const deadline = durationSeconds === null ? Infinity : Date.now() + durationSeconds * 1_000;
    while (!stopped.aborted && Date.now() < deadline) {
      for (const program of [this.service, this.simulator]) {
        if (program?.hasEnded) throw new Error(`${program.name} ended by itself:\n${program.lastLog}`);
      }
      if (this.output.isTerminal) {
        await this.refresh(client);
        this.output.write(
          `${CLEAR_SCREEN}${screen(this.board, Date.now(), this.refused, this.addresses()).join('\n')}\n`,
        );
      }
      const waitMs = Math.min(REFRESH_MS, Math.max(0, deadline - Date.now()));
      await delay(waitMs, undefined, { signal: stopped }).catch(() => undefined);
    }
  }

  /** Reads the counts that no channel of the stream carries. */
  private async refresh(client: ServiceClient): Promise<void> {
    const refusals = await client.get<{ data: { entries: number }[] }>('/v1/refusals');
    this.refused = refusals.data.reduce((sum, { entries }) => sum + entries, 0);
  }

  private take(message: StreamMessage): void {
    if (message.type === 'error')
      throw new Error(`the stream answered ${message.code ?? ''}: ${message.message ?? ''}`);
    for (const { event, opportunity } of this.board.take(message)) {
      if (event !== 'updated' && !(this.isLive && this.output.isTerminal)) this.say(eventLine(event, opportunity));
    }
  }

  private say(text: string): void {
    this.output.write(`${text}\n`);
  }

  private async stop(): Promise<void> {
    this.socket?.terminate();
    await this.service?.stop(SERVICE_STOPS_WITHIN_MS);
    await this.simulator?.stop(SIMULATOR_STOPS_WITHIN_MS);
    rmSync(this.temporaryDir, { recursive: true, force: true });
  }
}
