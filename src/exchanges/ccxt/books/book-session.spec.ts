import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { BookRegistry } from '../../../core/order-book/book-registry.js';
import { Clock } from '../../../platform/clock/index.js';
import { BookDesk } from '../../books/book-desk.js';
import { ExchangeMonitor } from '../../supervision/exchange-monitor.js';
import { RestGate } from '../../supervision/rest-gate.js';
import { silentAfterMs } from '../../supervision/silence.js';
import { binanceCodec } from '../codecs/binance.codec.js';
import type { CodecKind, RestSnapshot } from '../codecs/codec.js';
import { okxCodec } from '../codecs/okx.codec.js';
import type { CcxtClient, CcxtExchange } from '../instance/ccxt-instance.js';
import { BookSession } from './book-session.js';

class TimerClock extends Clock {
  override nowMs(): number {
    return Date.now();
  }
}

/** ccxt without a network: sockets open at once, what is sent is kept, frames are put in by hand. */
class QuietExchange {
  readonly id = 'quiet';
  clients: Record<string, CcxtClient> = {};
  readonly sent: string[] = [];
  dials = 0;
  isOpening = true;

  client(url: string): CcxtClient {
    const client: CcxtClient = {
      url,
      createConnection: () => undefined,
      deliverLoop: () => undefined,
      connect: () => {
        this.dials += 1;
        setTimeout(() => {
          if (this.isOpening) client.onConnectedCallback(client);
        }, 1);
      },
      onMessage: () => undefined,
      onPong: () => undefined,
      reset: () => undefined,
      resolve: () => undefined,
      onConnectedCallback: () => undefined,
      onErrorCallback: () => undefined,
      onCloseCallback: () => undefined,
    };
    client.connection = {
      readyState: 1,
      send: (text: string) => this.sent.push(text),
      terminate: () => undefined,
    } as unknown as NonNullable<CcxtClient['connection']>;
    this.clients[url] = client;
    return client;
  }

  pong(): void {
    for (const client of Object.values(this.clients)) client.onPong();
  }
}

describe('BookSession', () => {
  let exchange: QuietExchange;
  let session: BookSession;
  let desk: BookDesk;
  let monitor: ExchangeMonitor;
  let snapshots: string[];
  let sequence: number;
  let snapshotAfterMs: number;

  beforeEach(() => {
    jest.useFakeTimers();
  });

  afterEach(() => {
    session.stop();
    jest.useRealTimers();
  });

  function open(kind: CodecKind, enforcesSequence = true, maxAgeMs = 3_000): void {
    exchange = new QuietExchange();
    snapshots = [];
    sequence = 7;
    snapshotAfterMs = 0;
    const clock = new TimerClock();
    const ignore = (): void => undefined;
    desk = new BookDesk('quiet', new BookRegistry(200), 50, ignore);
    monitor = new ExchangeMonitor(desk, 3_000, ignore, ignore);
    monitor.integrity = 'verified';
    const line = (symbol: string) => desk.open(symbol, clock.nowMs());
    const market = (symbol: string) => ({ line: line(symbol), id: symbol, priceDecimals: 0, sizeDecimals: 0 });
    session = new BookSession(
      {
        exchange: exchange as unknown as CcxtExchange,
        kind,
        address: () => Promise.resolve('wss://quiet/ws'),
        hostOf: () => 'quiet',
        host: 'quiet',
        fedDepth: 50,
        desk,
        monitor,
        clock,
        silentAfterMs: silentAfterMs(maxAgeMs),
        maxQuietMs: 600_000,
        gate: new RestGate(clock, ignore),
        enforcesSequence,
        dialFailed: ignore,
        fetchSnapshot: (id) => {
          snapshots.push(id);
          const book = (): RestSnapshot => ({ sequence, bids: [['10', '1']], asks: [['11', '1']] });
          return new Promise((resolve) =>
            setTimeout(() => {
              resolve(book());
            }, snapshotAfterMs),
          );
        },
      },
      [market('BUSY'), market('QUIET')],
    );
    session.start();
  }

  /** Lets time pass with pongs and ticks, and with frames that `feed` puts in once a second. */
  async function pass(seconds: number, feed: (second: number) => void): Promise<void> {
    for (let second = 0; second < seconds; second++) {
      await jest.advanceTimersByTimeAsync(1_000);
      feed(second);
      exchange.pong();
      session.tick(Date.now());
    }
  }

  const stateOf = (symbol: string): string | undefined => desk.lines.get(symbol)?.state;

  it('gets the book of a market that never changes, without a frame of it', async () => {
    open(binanceCodec);
    await pass(20, () => undefined);
    expect(snapshots).toContain('QUIET');
    expect(stateOf('QUIET')).toBe('live');
    expect(exchange.dials).toBe(1);
  });

  it('lets books wait for snapshots that are long in coming, while their frames arrive', async () => {
    open(binanceCodec);
    const frames = (): void => {
      for (let atMs = Date.now() - 900; atMs <= Date.now(); atMs += 100) {
        sequence += 1;
        const numbers = { U: sequence, u: sequence, E: atMs };
        session.frame({ e: 'depthUpdate', s: 'BUSY', ...numbers, b: [['10', '2']], a: [] }, atMs);
      }
    };
    await pass(30, frames);
    expect(stateOf('BUSY')).toBe('live');
    snapshotAfterMs = 25_000;
    const [client] = Object.values(exchange.clients);
    client?.onCloseCallback(client, { code: 1006 });
    await pass(40, frames);
    expect([stateOf('BUSY'), exchange.dials]).toEqual(['live', 2]);
  });

  it('does not open the socket again for one book that never comes, while the others live', async () => {
    open(okxCodec);
    const row = { bids: [['10', '1']], asks: [['11', '1']], ts: '1', prevSeqId: -1 };
    await pass(300, (second) => {
      const snapshot = { arg: { channel: 'books', instId: 'BUSY' }, action: 'snapshot' };
      session.frame({ ...snapshot, data: [{ ...row, seqId: second }] }, Date.now());
    });
    expect([stateOf('BUSY'), stateOf('QUIET')]).toEqual(['live', 'resyncing']);
    expect(exchange.dials).toBe(1);
    expect(exchange.sent.filter((text) => text.includes('QUIET')).length).toBeGreaterThan(6);
  });

  it.each([3_000, 600_000])(
    'opens a silent socket again within 20 s where a leg may be %p ms old',
    async (maxAgeMs) => {
      open(okxCodec, true, maxAgeMs);
      for (let second = 0; second < 22; second++) {
        await jest.advanceTimersByTimeAsync(1_000);
        session.tick(Date.now());
      }
      expect(exchange.dials).toBeGreaterThan(1);
    },
  );

  it('unsubscribes a market that is given up and is deaf to its late frames', async () => {
    open(okxCodec);
    await pass(1, () => undefined);
    const [, quiet] = session.markets;
    session.drop([quiet!]);
    expect(exchange.sent.at(-1)).toBe('{"op":"unsubscribe","args":[{"channel":"books","instId":"QUIET"}]}');
    const row = { bids: [['10', '1']], asks: [['11', '1']], ts: '1', prevSeqId: -1, seqId: 1 };
    const frame = (instId: string) => ({ arg: { channel: 'books', instId }, action: 'snapshot', data: [row] });
    session.frame(frame('QUIET'), Date.now());
    session.frame(frame('BUSY'), Date.now());
    expect([stateOf('BUSY'), stateOf('QUIET')]).toEqual(['live', 'resyncing']);
    expect(exchange.dials).toBe(1);
  });

  it.each([true, false])(
    'with the rule of the numbering enforced (%p) throws a book away or goes on',
    async (enforces) => {
      open(okxCodec, enforces);
      await pass(1, () => undefined);
      const frame = (action: string, prevSeqId: number, seqId: number) => ({
        arg: { channel: 'books', instId: 'BUSY' },
        action,
        data: [{ bids: [['10', '1']], asks: [['11', '1']], ts: '1', prevSeqId, seqId }],
      });
      session.frame(frame('snapshot', -1, 5), Date.now());
      session.frame(frame('update', 7, 8), Date.now());
      expect(stateOf('BUSY')).toBe(enforces ? 'resyncing' : 'live');
      const { integrity, sequenceBreaks } = monitor.status(Date.now());
      expect([integrity, sequenceBreaks]).toEqual([enforces ? 'verified' : 'unverified', 1]);
      session.frame(frame('update', 8, 9), Date.now());
      expect(monitor.status(Date.now()).sequenceBreaks).toBe(1);
    },
  );

  it('dials seldom where the exchange refuses sockets as too many', async () => {
    open(okxCodec);
    exchange.isOpening = false;
    let refused = 0;
    for (let second = 0; second < 60; second++) {
      await jest.advanceTimersByTimeAsync(1_000);
      if (refused === exchange.dials) continue;
      refused = exchange.dials;
      session.closed('Unexpected server response: 429');
    }
    expect(monitor.status(Date.now()).lastError?.code).toBe('rate_limited');
    expect(exchange.dials).toBeGreaterThan(1);
    expect(exchange.dials).toBeLessThan(6);
  });

  it('opens the socket again when no book comes at all', async () => {
    open(okxCodec);
    await pass(120, () => undefined);
    expect(exchange.dials).toBeGreaterThan(1);
  });
});
