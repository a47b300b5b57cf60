import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { addDemoKeys } from '../../src/cli/demo/demo-keys.js';
import type { ChildProgram } from '../../src/cli/demo/child-program.js';
import type { ServiceClient } from '../../src/cli/demo/service-client.js';
import { Stack, TemporaryDirectory } from '../support/stack.js';

const CHROMIUM = '/usr/bin/chromium';
const WAIT_MS = 15_000;

/** Whether there is a browser to look with. */
export const hasBrowser = existsSync(CHROMIUM);

/** The settings of the demo, with keys that are looked at often. */
const SETTINGS: Readonly<Record<string, string>> = {
  CROSSBOOK_EXCHANGES: 'binance,okx,bybit,kraken',
  CROSSBOOK_SYMBOLS: 'BTC/USDT,ETH/USDT,SOL/USDT,LTC/USDT,BTC/USDC,USDT/USD,USDC/USDT,USDC/USD',
  CROSSBOOK_KEYS_ACCEPT_WITHDRAWAL: 'true',
  CROSSBOOK_KEYS_CHECK_INTERVAL_MS: '10000',
};

/** How a page shall look. */
export interface Look {
  readonly scheme?: 'dark' | 'light';
  readonly width?: number;
  readonly height?: number;
}

/** The service on simulated exchanges, with the keys of the demo, and a browser that looks at its page. */
export class WatchedService {
  readonly directory = new TemporaryDirectory();
  private readonly stack = new Stack(this.directory.path);
  private browser!: Browser;
  private program!: ChildProgram;
  client!: ServiceClient;
  simulatorUrl = '';
  url = '';
  token = '';
  /** What no page may do: errors on its console, requests to other hosts. */
  readonly faults: string[] = [];

  async start(): Promise<void> {
    this.simulatorUrl = await this.stack.simulator(7);
    const { program, url, client } = await this.stack.service({
      ...SETTINGS,
      CROSSBOOK_EXCHANGE_GATEWAY: this.simulatorUrl,
    });
    [this.program, this.url, this.client] = [program, url, client];
    this.token = readFileSync(path.join(this.directory.path, 'data/admin.token'), 'utf8').trim();
    await addDemoKeys(this.simulatorUrl, client);
    this.browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu'] });
  }

  async stop(): Promise<void> {
    await this.browser.close();
    await this.stack.stop();
    this.directory.remove();
  }

  /** Opens a place of the page. */
  async open(place: string, look: Look = {}): Promise<Page> {
    const context = await this.browser.newContext({
      colorScheme: look.scheme ?? 'dark',
      viewport: { width: look.width ?? 1_440, height: look.height ?? 900 },
      locale: 'en-GB',
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    this.watch(context);
    const page = await context.newPage();
    page.setDefaultTimeout(WAIT_MS);
    // As the page itself keeps a token.
    await page.goto(`${this.url}/`);
    await page.evaluate(`sessionStorage.setItem('crossbook.token', ${JSON.stringify(this.token)})`);
    await page.goto(`${this.url}/#/${place}`);
    await page.reload();
    await page.getByTestId('link').getByText('Live').waitFor();
    return page;
  }

  private watch(context: BrowserContext): void {
    context.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') this.faults.push(`console: ${message.text()}`);
    });
    context.on('weberror', (error) => this.faults.push(`error: ${error.error().message}`));
    context.on('request', (request) => {
      if (new URL(request.url()).host !== new URL(this.url).host) this.faults.push(`asks ${request.url()}`);
    });
  }

  kill(signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void {
    process.kill(this.program.pid ?? 0, signal);
  }

  /** Starts the killed service again where it was. */
  async startAgain(): Promise<void> {
    await this.program.ended();
    this.program = this.stack.start('main.js', [], {
      ...SETTINGS,
      CROSSBOOK_EXCHANGE_GATEWAY: this.simulatorUrl,
      CROSSBOOK_PORT: new URL(this.url).port,
      CROSSBOOK_DATA_DIR: path.join(this.directory.path, 'data'),
    });
    await this.program.ready(`${this.url}/health/ready`, 60_000, AbortSignal.timeout(60_000));
  }

  /** What REST says, asked as a program would. */
  async rest<T>(target: string): Promise<T> {
    return this.client.get<T>(target);
  }

  /** Asks the simulated exchanges for trouble. */
  async simulate(target: string, method: string, body?: object): Promise<unknown> {
    const response = await fetch(`${this.simulatorUrl}${target}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${target} answered ${response.status}: ${await response.text()}`);
    return response.json();
  }
}
