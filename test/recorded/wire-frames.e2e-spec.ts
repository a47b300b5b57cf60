import { expect, it } from '@jest/globals';
import { BothWays, type RigMarket } from '../../src/exchanges/ccxt/codecs/both-ways-rig.js';
import { CodecRig } from '../../src/exchanges/ccxt/codecs/codec-rig.js';
import { binanceCodec } from '../../src/exchanges/ccxt/codecs/binance.codec.js';
import { bybitCodec } from '../../src/exchanges/ccxt/codecs/bybit.codec.js';
import type { CodecKind } from '../../src/exchanges/ccxt/codecs/codec.js';
import { gateCodec } from '../../src/exchanges/ccxt/codecs/gate.codec.js';
import { krakenCodec } from '../../src/exchanges/ccxt/codecs/kraken.codec.js';
import { describeRecorded, readRecording } from '../support/recordings.js';

interface Recorded {
  entries: { description: string; input: [string]; messages: Record<string, unknown>[] }[];
}

const entriesOf = (exchange: string): Recorded['entries'] =>
  (JSON.parse(readRecording(`wire/frames/${exchange}.json`)) as Recorded).entries;

const KRAKEN_DECIMALS: Record<string, [number, number]> = { 'BTC/USD': [1, 8], 'DOGE/USDT': [5, 8] };

describeRecorded('order-book frames that real exchanges sent in 2026', () => {
  it('proves each checksum of kraken over snapshots, updates, a repeated snapshot and a thin one', () => {
    for (const { description, input, messages } of entriesOf('kraken')) {
      const [symbol] = input;
      const rig = new CodecRig(krakenCodec, {
        exchange: 'kraken',
        symbol,
        id: symbol,
        decimals: KRAKEN_DECIMALS[symbol]!,
      });
      for (const message of messages) rig.receive(message);
      const books = messages.filter((message) => message['channel'] === 'book');
      expect([description, rig.states]).toEqual([description, ['connecting', 'live']]);
      expect(rig.events.filter((event) => event.type === 'book')).toHaveLength(books.length);
    }
  });

  it('throws a book away when one digit of a frame of kraken is changed', () => {
    const { messages } = entriesOf('kraken')[1]!;
    const text = JSON.stringify(messages[3]).replace('0.04358176', '0.04358177');
    const rig = new CodecRig(krakenCodec, { exchange: 'kraken', symbol: 'BTC/USD', id: 'BTC/USD', decimals: [1, 8] });
    for (const message of [...messages.slice(0, 3), JSON.parse(text) as object]) rig.receive(message);
    expect(rig.states.at(-1)).toBe('checksum');
    expect(rig.book.isUsable).toBe(false);
  });

  it('follows a snapshot of bybit with the delta that came next', () => {
    const { messages } = entriesOf('bybit')[1]!;
    const rig = new CodecRig(bybitCodec, { exchange: 'bybit', symbol: 'BTC/USDT', id: 'BTCUSDT', decimals: [1, 3] });
    for (const message of messages) rig.receive(message);
    expect(rig.states).toEqual(['connecting', 'live']);
    expect(rig.book.sequence).toBe(53_935_310);
    expect([rig.book.bids.price(0), rig.book.asks.price(0)]).toEqual([63_982.7, 63_982.8]);
    expect(rig.book.bids.top(60).find(([price]) => price === 63_982.5)).toEqual([63_982.5, 0.003]);
  });

  it.each([
    ['kraken', 0, krakenCodec, { exchange: 'kraken', symbol: 'BTC/USD', id: 'BTC/USD', decimals: [1, 8] }],
    ['bybit', 1, bybitCodec, { exchange: 'bybit', symbol: 'BTC/USDT', id: 'BTCUSDT' }],
    ['gate', 0, gateCodec, { exchange: 'gate', symbol: 'BTC/USDT', id: 'BTC_USDT' }],
  ] as [string, number, CodecKind, RigMarket][])(
    'reads frames of %s from their bytes as it does parsed',
    (...given) => {
      const [exchange, entry, kind, market] = given;
      const both = new BothWays(kind, market);
      for (const message of entriesOf(exchange)[entry]!.messages) {
        const { bytes, parsed } = both.receive(Buffer.from(JSON.stringify(message)));
        expect(bytes).toEqual(parsed);
      }
      expect(both.fromBytes).toBeGreaterThan(0);
      expect(both.bytes.states).toEqual(['connecting', 'live']);
    },
  );

  it('follows a full book of gate, that came before its acknowledgement, with the change that came next', () => {
    const { messages } = entriesOf('gate')[0]!;
    const rig = new CodecRig(gateCodec, { exchange: 'gate', symbol: 'BTC/USDT', id: 'BTC_USDT' });
    expect(messages.map((message) => rig.receive(message))).toEqual([true, true, true]);
    expect([rig.states, rig.broken]).toEqual([['connecting', 'live'], []]);
    expect(rig.book.sequence).toBe(39_106_162_816);
    expect([rig.book.bids.length, rig.book.asks.length]).toEqual([50, 50]);
    expect(rig.top(1)).toBe('63915.2×0.022796 | 63915.3×0.375206');
  });
});

interface Ticker {
  u: number;
  b: string;
  B: string;
  a: string;
  A: string;
}
interface DepthSnapshot {
  lastUpdateId: number;
  bids: string[][];
  asks: string[][];
}

/** One REST snapshot stands in the recording, so that nothing may be cut: a cut book would ask for another in time. */
const UNCUT = 10_000;

type SpotMessage = Partial<DepthSnapshot> & { data?: Partial<Ticker & { e: string }> };

function spotTexts(): string[] {
  const lines = readRecording('binance-3-markets/spot_btcusdt_20240808.gz').trim().split('\n');
  return lines.map((line) => line.slice(line.indexOf(' ') + 1));
}

/** Gives the top as of an update by what binance told apart from the depth; null before the first and after the last. */
function toldTops(messages: SpotMessage[]): (sequence: number) => number[] | null {
  const tickers = messages.flatMap(({ data }) => (data?.A === undefined ? [] : [data as Ticker]));
  let at = 0;
  return (sequence) => {
    while (at + 1 < tickers.length && tickers[at + 1]!.u <= sequence) at += 1;
    const { u, b, B, a, A } = tickers[at]!;
    return u > sequence || at + 1 === tickers.length ? null : [b, B, a, A].map(Number);
  };
}

function offer(rig: CodecRig, { bids, asks, lastUpdateId }: DepthSnapshot): void {
  rig.codec.offerSnapshot?.('BTCUSDT', { bids, asks, sequence: lastUpdateId }, rig.nowMs);
}

describeRecorded('345 s of binance spot BTCUSDT, 2024-08-08', () => {
  it('has no gap, and after each depth frame the top that the exchange told apart from it', () => {
    const market = { exchange: 'binance', symbol: 'BTC/USDT', id: 'BTCUSDT', decimals: [2, 5] as [number, number] };
    const rig = new CodecRig(binanceCodec, market, UNCUT);
    const messages = spotTexts().map((text) => JSON.parse(text) as SpotMessage);
    const tops = toldTops(messages);
    let compared = 0;
    for (const { data, ...snapshot } of messages) {
      if (snapshot.lastUpdateId) offer(rig, snapshot as DepthSnapshot);
      if (data?.e !== 'depthUpdate') continue;
      rig.receive(data);
      const { sequence, bids, asks } = rig.book;
      const told = tops(sequence ?? 0);
      if (told === null) continue;
      compared += 1;
      expect([bids.price(0), bids.size(0), asks.price(0), asks.size(0)]).toEqual(told);
    }
    expect([rig.states, rig.broken]).toEqual([['connecting', 'live'], []]);
    expect(compared).toBeGreaterThan(3_400);
  });

  it('is read from the bytes as the exchange wrote them, each frame as it is parsed', () => {
    const both = new BothWays(binanceCodec, { exchange: 'binance', symbol: 'BTC/USDT', id: 'BTCUSDT' }, UNCUT);
    const texts = spotTexts().map((text) => /^\{"stream":"btcusdt@depth[^"]*","data":(.*)\}$/.exec(text)?.[1] ?? text);
    let frames = 0;
    for (const text of texts) {
      if (text.startsWith('{"lastUpdateId"')) {
        for (const rig of [both.bytes, both.parsed]) offer(rig, JSON.parse(text) as DepthSnapshot);
      } else if (text.startsWith('{"e":"depthUpdate"')) {
        const { bytes, parsed } = both.receive(Buffer.from(text));
        if (frames % 100 === 0 || bytes.answer !== parsed.answer) expect(bytes).toEqual(parsed);
        frames += 1;
      }
    }
    expect(both.bytes.events).toEqual(both.parsed.events);
    expect([both.fromBytes, both.bytes.broken]).toEqual([frames, []]);
    expect(frames).toBeGreaterThan(3_400);
  });
});
