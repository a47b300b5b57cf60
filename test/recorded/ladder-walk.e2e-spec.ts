import { expect, it } from '@jest/globals';
import { Ladder } from '../../src/core/order-book/ladder.js';
import { type LadderWalk, walkLadders } from '../../src/core/spread/ladder-walk.js';
import { grossBps, netBps } from '../../src/core/spread/top-spread.js';
import { describeRecorded, readRecording } from '../support/recordings.js';

interface RecordedBook {
  bid: [number, number][];
  ask: [number, number][];
}
type Snapshot = Record<string, Record<'Binance' | 'OKX', RecordedBook>>;

const FEE_BPS = 10;

function ladders(book: RecordedBook): { bids: Ladder; asks: Ladder } {
  const bids = new Ladder('bid', 50);
  const asks = new Ladder('ask', 50);
  bids.reset(book.bid.flat());
  asks.reset(book.ask.flat());
  return { bids, asks };
}

interface Crossed {
  symbol: string;
  gross: number;
  walk: LadderWalk;
}

describeRecorded('one instant on Binance and OKX, 327 symbols, 2025-04-14', () => {
  const snapshot = (): [string, { binance: ReturnType<typeof ladders>; okx: ReturnType<typeof ladders> }][] =>
    Object.entries(JSON.parse(readRecording('depth-snapshot/binance-okx-2025-04-14.json')) as Snapshot).map(
      ([symbol, books]) => [symbol, { binance: ladders(books.Binance), okx: ladders(books.OKX) }],
    );

  function crossed(): Crossed[] {
    return snapshot().flatMap(([symbol, { binance, okx }]) =>
      [
        { buy: binance, sell: okx },
        { buy: okx, sell: binance },
      ].flatMap(({ buy, sell }) => {
        const gross = grossBps(buy.asks.price(0), sell.bids.price(0));
        return gross > 0 ? [{ symbol, gross, walk: walkLadders(buy.asks, sell.bids, FEE_BPS, FEE_BPS) }] : [];
      }),
    );
  }

  it('leaves 304 symbols with two sides on both exchanges, 23 with an empty Binance book', () => {
    const symbols = snapshot();
    const isTwoSided = ({ bids, asks }: ReturnType<typeof ladders>): boolean => bids.length > 0 && asks.length > 0;
    expect(symbols.filter(([, { binance }]) => binance.bids.length + binance.asks.length === 0)).toHaveLength(23);
    expect(symbols.filter(([, { binance, okx }]) => isTwoSided(binance) && isTwoSided(okx))).toHaveLength(304);
  });

  it('shows 40 crossed at the top, the best 42.68 bps gross, and only 2 that pay after 10 + 10 bps', () => {
    const found = crossed().sort((a, b) => b.gross - a.gross);
    expect(found).toHaveLength(40);
    expect(found[0]?.symbol).toBe('GMTUSDT');
    expect(found[0]?.gross).toBeCloseTo(42.68, 2);
    expect(found.filter(({ walk }) => walk.size > 0)).toHaveLength(2);
  });

  it('walks GMT for 19,509.25 units, notional 959.85, net 1.598', () => {
    const gmt = crossed().find(({ symbol }) => symbol === 'GMTUSDT');
    expect(gmt?.walk.size).toBeCloseTo(19_509.25, 2);
    expect(gmt?.walk.notional).toBeCloseTo(959.85, 1);
    expect(gmt?.walk.netProfit).toBeCloseTo(1.598, 3);
  });
});

describeRecorded('Binance and Kraken BTC/USDT best bid and ask, 2025-08-31', () => {
  it('shows 1,738 samples up to 0.083 % gross, and none that pays after fees', () => {
    const rows = readRecording('bbo/binance-kraken-btcusdt-2025-08-31.csv')
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((line) => line.split(',').slice(5).map(Number));
    expect(rows).toHaveLength(1_738);
    const best = rows.map(([binanceBid = NaN, binanceAsk = NaN, krakenBid = NaN, krakenAsk = NaN]) =>
      Math.max(netBps(binanceAsk, krakenBid, FEE_BPS, 26), netBps(krakenAsk, binanceBid, 26, FEE_BPS)),
    );
    expect(best.every((bps) => bps < 0)).toBe(true);
  });
});
