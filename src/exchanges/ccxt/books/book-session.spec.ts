import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { BookRegistry } from '../../../core/order-book/book-registry.js';
import { Clock } from '../../../platform/clock/index.js';
import { BookDesk } from '../../books/book-desk.js';
import { ExchangeMonitor } from '../../supervision/exchange-monitor.js';
import { binanceCodec } from '../codecs/binance.codec.js';
import type { CodecKind } from '../codecs/codec.js';
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

  client(url: string): CcxtClient {
    const client: CcxtClient = {
      url,
      createConnection: () => undefined,
      deliverLoop: () => undefined,
      connect: () => {
        this.dials += 1;
        setTimeout(() => {
          client.onConnectedCallback(client);
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
  let snapshots: string[];

  beforeEach(() => {
    jest.useFakeTimers();
  });

  afterEach(() => {
    session.stop();
    jest.useRealTimers();
  });

  function open(kind: CodecKind): void {
    exchange = new QuietExchange();
    snapshots = [];
    const clock = new TimerClock();
    const ignore = (): void => undefined;
    desk = new BookDesk('quiet', new BookRegistry(200), 50, ignore);
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
        monitor: new ExchangeMonitor(desk, 3_000, ignore, ignore),
        clock,
        silentAfterMs: 6_000,
        maxQuietMs: 600_000,
        fetchSnapshot: (id) => {
          snapshots.push(id);
          return Promise.resolve({ sequence: 7, bids: [['10', '1']], asks: [['11', '1']] });
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

  it('opens the socket again when no book comes at all', async () => {
    open(okxCodec);
    await pass(120, () => undefined);
    expect(exchange.dials).toBeGreaterThan(1);
  });
});
