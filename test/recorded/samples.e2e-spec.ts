import path from 'node:path';
import { expect, it } from '@jest/globals';
import type { DetectionInput } from '../../src/core/input/market-event.js';
import { type Instrument, instrumentKey } from '../../src/core/market/instrument.js';
import type { OpportunityEvent } from '../../src/core/opportunity/opportunity.js';
import { Replay } from '../../src/core/replay/replay.js';
import { detectorSettings } from '../../src/detection/detector-settings.js';
import { whatIf } from '../../src/platform/config/what-if.js';
import { describeRecorded, readRecording, recordingFile } from '../support/recordings.js';
import { BARE, importRecording, inputsOf, replayFile, temporaryFolder } from '../support/replays.js';

describeRecorded('best bid and ask of Binance and Kraken BTC/USDT, 1,738 samples, 2025-08-31', () => {
  const out = path.join(temporaryFolder(), 'tops.cap.gz');
  const columns = ['time', '-', '-', '-', '-', 'binance.bid', 'binance.ask', 'kraken.bid', 'kraken.ask'];
  const recording = { kind: 'tops', columns, symbol: 'BTC/USDT' } as const;
  const files = [recordingFile('bbo/binance-kraken-btcusdt-2025-08-31.csv')];

  it('is always crossed gross, by up to 8.3 bps', async () => {
    await importRecording({ files, recording, out, feeBps: 0, isSorted: true });
    expect((await inputsOf(out)).filter(({ type }) => type === 'tick')).toHaveLength(1_738);
    const { events } = await replayFile(out, [...BARE, 'detection.maxOpenMs=1000']);
    const peaks = events.flatMap(({ event, opportunity }) => (event === 'closed' ? [opportunity.peakNetBps] : []));
    expect(peaks.length).toBeGreaterThan(100);
    expect(Math.max(...peaks)).toBeCloseTo(8.3, 1);
  });

  it('never pays after fees', async () => {
    const feeBps = (exchange: string): number => (exchange === 'kraken' ? 26 : 10);
    await importRecording({ files, recording, out, feeBps, isSorted: true });
    expect((await replayFile(out, BARE)).events).toEqual([]);
  });
});

interface PremiumRow {
  timestamp_ms: number;
  coin: string;
  buy_exchange: string;
  sell_bid_usdt: number;
  buy_ask_usdt: number;
}

describeRecorded('3,952 rows that another detector logged of a premium in KRW, 2026-03-29', () => {
  /** Where the rows end the premium is gone: the bid there, as a part of the ask. */
  const WITHOUT_PREMIUM = 0.9;
  const sellerTo = (buyer: string): string => `bithumb${buyer}`;

  function rows(): PremiumRow[] {
    const text = readRecording('standing-premium/krw-premium-2026-03-29.json.gz');
    return (JSON.parse(text) as { data: PremiumRow[] }).data.sort((a, b) => a.timestamp_ms - b.timestamp_ms);
  }

  /** A row is a premium, and the moment after it is none: what was not logged was not there. */
  function* inputsFor(list: readonly PremiumRow[]): Generator<DetectionInput> {
    const known = new Set<string>();
    for (const row of list) {
      const { coin, buy_exchange: buyer, buy_ask_usdt: ask, sell_bid_usdt: bid, timestamp_ms: atMs } = row;
      const seller = sellerTo(buyer);
      // The premium first: the grace holds to its very last millisecond.
      yield* bookOf({ exchange: seller, symbol: `${coin}/USDT` }, bid, atMs, known);
      yield* bookOf({ exchange: buyer, symbol: `${coin}/USDT` }, ask / 2, atMs, known);
      yield* bookOf({ exchange: seller, symbol: `${coin}/USDT` }, ask * WITHOUT_PREMIUM, atMs, known);
    }
  }

  /** A book whose ask is twice its bid, so that it is traded against on one side alone. */
  function* bookOf(instrument: Instrument, bid: number, atMs: number, known: Set<string>): Generator<DetectionInput> {
    const levels = { bids: [bid, 10], asks: [bid * 2, 10] };
    const times = { sequence: null, exchangeTimeMs: null, receivedAtMs: atMs };
    yield { type: 'book', update: { v: 1, instrument, kind: 'snapshot', ...levels, ...times } };
    if (known.has(instrumentKey(instrument))) return;
    known.add(instrumentKey(instrument));
    yield { type: 'fee', instrument, takerFeeBps: 0, source: 'default', atMs };
    yield { type: 'bookState', instrument, state: 'live', reason: null, atMs };
    yield { type: 'exchange', exchange: instrument.exchange, state: 'live', clockOffsetMs: null, atMs };
  }

  function opened(graceMs: number): OpportunityEvent[] {
    const events: OpportunityEvent[] = [];
    const set = [...BARE, `detection.graceMs=${graceMs}`, 'detection.minNetBps=200'];
    const ignore = (): void => undefined;
    const sink = {
      opportunity: (event: OpportunityEvent) => void events.push(event),
      refusals: ignore,
      spreads: ignore,
    };
    const replay = new Replay(detectorSettings(whatIf({}, set), 'premium'), 10, sink);
    for (const input of inputsFor(rows())) replay.take(input);
    replay.end(null);
    // Not those between one pair's buying and another pair's selling exchange, of which no row tells.
    return events.filter(({ event, opportunity: { legs } }) => {
      return event === 'opened' && legs[1]?.exchange === sellerTo(legs[0]?.exchange ?? '');
    });
  }

  it('is 30 opportunities with a grace of 3 s, and not one a row', () => {
    expect(rows()).toHaveLength(3_952);
    expect(opened(3_000)).toHaveLength(30);
    expect(opened(0)).toHaveLength(3_952);
  });
});
