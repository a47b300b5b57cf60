import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { NEVER, Subject, type Subscription } from 'rxjs';
import { ExchangeTeller } from '../../src/cluster/collector/exchange-teller.js';
import { ClusterLink } from '../../src/cluster/link/cluster-link.js';
import { RemoteMarkets } from '../../src/cluster/markets/remote-markets.js';
import { subjects } from '../../src/cluster/subjects.js';
import type { BookStateEvent, MarketEvent } from '../../src/core/input/market-event.js';
import { BookRegistry } from '../../src/core/order-book/book-registry.js';
import type { BookUpdate } from '../../src/core/order-book/book-update.js';
import { AccountLedger } from '../../src/exchanges/index.js';
import { SystemClock } from '../../src/platform/clock/index.js';
import { type Role, type Settings, settingsSchema } from '../../src/platform/config/index.js';
import { openLog } from '../../src/platform/logging/index.js';
import type { Broker } from '../../src/platform/nats/index.js';
import { listen } from '../support/market-rig.js';
import { freePort, TemporaryDirectory } from '../support/stack.js';
import { waitFor } from '../support/wait-for.js';
import { NatsProcess } from './nats-process.js';

const EXCHANGE = 'okx';
const SYMBOLS = ['BTC/USDT', 'ETH/USDT'];
const LEASE_MS = 1_500;
const log = openLog('silent');
const clock = new SystemClock();

function settingsOf(url: string, role: Role, member: string): Settings {
  const cluster = { member, leaseMs: LEASE_MS };
  return settingsSchema.parse({ role, nats: { url }, cluster, exchanges: [EXCHANGE], symbols: SYMBOLS });
}

/** A collector that a test drives: what it tells may get lost, its clock may be wrong, and it may be silent. */
class DrivenCollector {
  private readonly books = new BookRegistry(100);
  private readonly events$ = new Subject<MarketEvent>();
  clockAheadMs = 0;
  private losing = 0;
  private readonly teller: ExchangeTeller;
  private readonly stopClock: () => void;
  private readonly sequences = new Map<string, number>();

  constructor(link: ClusterLink, member: string, term: number) {
    const broker: Pick<Broker, 'listen' | 'tell'> = {
      listen: (...args) => link.broker.listen(...args),
      tell: (subject, value) => {
        if (this.losing > 0 && subject.includes('.book.')) this.losing -= 1;
        else link.broker.tell(subject, value);
      },
    };
    this.stopClock = link.broker.listen(subjects.clock(member), (message) => {
      message.respond(JSON.stringify({ nowMs: this.nowMs() }));
    });
    const { books, events$ } = this;
    const feed = { books, events$, statuses$: NEVER, accounts: new AccountLedger(), statuses: () => [] };
    this.teller = new ExchangeTeller(EXCHANGE, term, feed, { id: member, broker }, (error) => {
      throw error;
    });
    this.teller.start();
    this.events$.next({ type: 'exchange', exchange: EXCHANGE, state: 'live', clockOffsetMs: 0, atMs: this.nowMs() });
    for (const symbol of SYMBOLS) this.snapshot(symbol);
  }

  nowMs(): number {
    return clock.nowMs() + this.clockAheadMs;
  }

  /** The next message of a book gets lost. */
  loseNext(): void {
    this.losing = 1;
  }

  snapshot(symbol: string): void {
    this.tell(symbol, 'snapshot', [99, 1, 98, 2], [100, 1, 101, 2]);
    const instrument = { exchange: EXCHANGE, symbol };
    this.events$.next({ type: 'bookState', instrument, state: 'live', reason: null, atMs: this.nowMs() });
  }

  /** Sets the size of the best bid. */
  bid(symbol: string, size: number): void {
    this.tell(symbol, 'delta', [99, size], []);
  }

  stop(): void {
    this.teller.stop();
    this.stopClock();
  }

  private tell(symbol: string, kind: BookUpdate['kind'], bids: number[], asks: number[]): void {
    const sequence = (this.sequences.get(symbol) ?? 0) + 1;
    this.sequences.set(symbol, sequence);
    const instrument = { exchange: EXCHANGE, symbol };
    const times = { sequence, exchangeTimeMs: null, receivedAtMs: this.nowMs() };
    const update: BookUpdate = { v: 1, instrument, kind, bids, asks, ...times };
    this.books.open(instrument).apply(update);
    this.events$.next({ type: 'book', update });
  }
}

describe('markets that a collector tells over the broker', () => {
  const directory = new TemporaryDirectory();
  let nats: NatsProcess;
  let collecting: ClusterLink;
  let reading: ClusterLink;
  let markets: RemoteMarkets;
  let collector: DrivenCollector;
  let events: MarketEvent[];
  let listening: Subscription;
  let term = 1;

  /** Undefined while the book may not be used. */
  const bestSize = (symbol: string): number | undefined => {
    const book = markets.books.get(`${EXCHANGE}:${symbol}`);
    return book?.isUsable === true ? book.bids.size(0) : undefined;
  };
  const states = (): (string | null)[] =>
    events.filter((event): event is BookStateEvent => event.type === 'bookState').map(({ reason }) => reason);
  const arrives = async (symbol: string, size: number): Promise<void> => {
    await waitFor(`the best bid of ${symbol} is ${size}`, () => bestSize(symbol) === size);
  };

  beforeAll(async () => {
    nats = new NatsProcess(directory.path, await freePort());
    await nats.start();
    collecting = await ClusterLink.open(settingsOf(nats.url, 'collector', 'c'), log);
    reading = await ClusterLink.open(settingsOf(nats.url, 'gateway', 'g'), log);
  }, 60_000);

  afterAll(async () => {
    await collecting.onApplicationShutdown();
    await reading.onApplicationShutdown();
    await nats.kill();
    directory.remove();
  }, 30_000);

  beforeEach(async () => {
    events = [];
    term += 1;
    markets = new RemoteMarkets(reading, settingsOf(nats.url, 'gateway', 'g'), clock, log, null);
    listening = listen(markets.events$, (event) => events.push(event));
    markets.onApplicationBootstrap();
    collector = new DrivenCollector(collecting, `c${term}`, term);
    await waitFor('every book is there', () => SYMBOLS.every((symbol) => bestSize(symbol) === 1));
  });

  afterEach(() => {
    collector.stop();
    listening.unsubscribe();
    markets.onApplicationShutdown();
  });

  it('show the books of a collector that spoke before anybody listened, and each change', async () => {
    collector.bid('BTC/USDT', 3);
    await arrives('BTC/USDT', 3);
    expect(bestSize('ETH/USDT')).toBe(1);
    expect(markets.statuses()[0]?.symbols.map(({ symbol, state }) => [symbol, state])).toEqual([
      ['BTC/USDT', 'live'],
      ['ETH/USDT', 'live'],
    ]);
  });

  it('throw a book away of which a change is missing, and show it again as a whole', async () => {
    collector.loseNext();
    collector.bid('BTC/USDT', 4);
    collector.bid('BTC/USDT', 5);
    await arrives('BTC/USDT', 5);
    expect(states()).toContain('relay_gap');
    // The other book was never in doubt.
    expect(events.filter((event) => event.type === 'bookState' && event.instrument.symbol === 'ETH/USDT')).toHaveLength(
      1,
    );
  });

  it('notice that the last change of a book was lost', async () => {
    collector.loseNext();
    collector.bid('ETH/USDT', 6);
    await arrives('ETH/USDT', 6);
    expect(states()).toContain('relay_gap');
  });

  it('put the times of another clock into ours', async () => {
    collector.stop();
    term += 1;
    const before = events.length;
    const ahead = new DrivenCollector(collecting, `c${term}`, term);
    ahead.stop();
    term += 1;
    collector = new DrivenCollector(collecting, `c${term}`, term);
    collector.clockAheadMs = 120;
    await waitFor('the new one is believed', () => events.slice(before).some(({ type }) => type === 'book'));
    collector.bid('BTC/USDT', 9);
    await arrives('BTC/USDT', 9);
    const newest = markets.books.get(`${EXCHANGE}:BTC/USDT`)?.receivedAtMs ?? 0;
    expect(Math.abs(clock.nowMs() - newest)).toBeLessThan(60);
  });

  it('do not believe a collector whose clock is too far away, and say so', async () => {
    collector.clockAheadMs = 5_000;
    // The quickest of the last eight answers counts: the old ones are gone after as many questions.
    await waitFor('it is not believed', () => markets.statuses()[0]?.lastError?.code === 'clock_offset', 25_000);
    expect(markets.statuses()[0]?.status).toBe('down');
    expect(bestSize('BTC/USDT')).toBeUndefined();
    collector.clockAheadMs = 0;
    await waitFor('it is believed again', () => bestSize('BTC/USDT') === 1, 25_000);
  }, 60_000);

  it('drop everything of a collector that is silent, and of one that says that it goes', async () => {
    collector.stop();
    await waitFor('its books are gone', () => bestSize('BTC/USDT') === undefined);
    expect(markets.statuses()[0]).toMatchObject({ status: 'down', lastError: { code: 'collector_gone' } });
    term += 1;
    collector = new DrivenCollector(collecting, `c${term}`, term);
    await arrives('BTC/USDT', 1);
    const silent = collector;
    Object.assign(silent, { losing: Infinity });
    await nats.kill();
    await waitFor('its silence is noticed', () => markets.statuses()[0]?.lastError?.code === 'collector_silent');
    expect(bestSize('BTC/USDT')).toBeUndefined();
    Object.assign(silent, { losing: 0 });
    await nats.start();
    await arrives('BTC/USDT', 1);
  }, 60_000);

  it('listen to the newer claim, whatever the older one says', async () => {
    const older = collector;
    term += 1;
    collector = new DrivenCollector(collecting, `c${term}`, term);
    collector.bid('BTC/USDT', 7);
    await arrives('BTC/USDT', 7);
    const before = events.length;
    older.bid('BTC/USDT', 8);
    collector.bid('ETH/USDT', 2);
    await arrives('ETH/USDT', 2);
    expect(bestSize('BTC/USDT')).toBe(7);
    expect(events.slice(before).filter(({ type }) => type === 'book')).toHaveLength(1);
    older.stop();
  });
});
