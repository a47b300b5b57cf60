import { type Observable, Subject, type Subscription } from 'rxjs';
import type { MarketEvent } from '../../src/core/input/market-event.js';
import type { ExchangeStatus } from '../../src/core/market/exchange-status.js';
import {
  CredentialSource,
  type Credential,
  type KeyPurpose,
  type SignedCall,
  SignedCallLog,
} from '../../src/exchanges/index.js';
import { MarketFeed } from '../../src/exchanges/market-feed.service.js';
import type { ThreadedFeed } from '../../src/exchanges/threaded-feed.service.js';
import type { MarketContext } from '../../src/exchanges/worker/market-thread.js';
import { SystemClock } from '../../src/platform/clock/index.js';
import { type Settings, settingsSchema } from '../../src/platform/config/index.js';
import { openLog } from '../../src/platform/logging/index.js';

export { waitFor as until } from './wait-for.js';

/** Credentials that a test puts in and takes out. */
export class FakeCredentials extends CredentialSource {
  readonly held = new Map<string, Credential>();
  private readonly purposes = new Map<string, readonly KeyPurpose[]>();
  private readonly changed$ = new Subject<string>();
  override readonly changes$ = this.changed$.asObservable();

  override credential(exchange: string, purpose: KeyPurpose): Promise<Credential | null> {
    const isMeant = this.purposes.get(exchange)?.includes(purpose) ?? true;
    return Promise.resolve((isMeant ? this.held.get(exchange) : undefined) ?? null);
  }

  /** Puts a key in, for every purpose unless some are named, or takes it out. */
  put(exchange: string, credential: Credential | null, purposes?: readonly KeyPurpose[]): void {
    if (credential) this.held.set(exchange, credential);
    else this.held.delete(exchange);
    if (purposes) this.purposes.set(exchange, purposes);
    else this.purposes.delete(exchange);
    this.changed$.next(exchange);
  }
}

/** Keeps every signed call. */
export class FakeCallLog extends SignedCallLog {
  readonly calls: SignedCall[] = [];

  override record(call: SignedCall): void {
    this.calls.push(call);
  }
}

/** Settings as a file would give them. */
export function settingsOf(raw: object): Settings {
  return settingsSchema.parse({ logLevel: 'silent', ...raw });
}

/** Markets that a test starts and closes by itself. */
export type RunningFeed = MarketFeed | ThreadedFeed;

function inThisThread({ settings, clock, log, credentials, calls }: MarketContext): RunningFeed {
  return new MarketFeed(settings, clock, log, credentials, calls);
}

/** The real markets of the service, with everything that they tell kept. */
export class MarketRig {
  readonly credentials = new FakeCredentials();
  readonly calls = new FakeCallLog();
  readonly events: MarketEvent[] = [];
  readonly statuses: ExchangeStatus[] = [];
  readonly feed: RunningFeed;
  private readonly kept: Subscription;

  constructor(raw: object, feedOf = inThisThread) {
    const { credentials, calls } = this;
    this.feed = feedOf({
      settings: settingsOf(raw),
      clock: new SystemClock(),
      log: openLog('silent'),
      credentials,
      calls,
    });
    this.kept = listen(this.feed.events$, (event) => this.events.push(event));
    this.kept.add(listen(this.feed.statuses$, (status) => this.statuses.push(status)));
  }

  status(exchange: string): ExchangeStatus {
    const found = this.feed.statuses().find((status) => status.id === exchange);
    if (!found) throw new Error(`${exchange} is not configured`);
    return found;
  }

  /** What was told of a book, in order. */
  states(exchange: string, symbol: string): string[] {
    return this.events.flatMap((event) =>
      event.type === 'bookState' && event.instrument.exchange === exchange && event.instrument.symbol === symbol
        ? [event.reason ?? event.state]
        : [],
    );
  }

  async close(): Promise<void> {
    await this.feed.onApplicationShutdown();
    this.kept.unsubscribe();
  }
}

/** Subscribes; a stream that fails fails the test run. */
export function listen<T>(stream$: Observable<T>, next: (value: T) => void): Subscription {
  return stream$.subscribe({
    next,
    error: (error: unknown) => {
      throw error;
    },
  });
}
