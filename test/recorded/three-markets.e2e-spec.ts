import path from 'node:path';
import { beforeAll, expect, it } from '@jest/globals';
import type { ImportReport } from '../../src/capture/import/import-capture.js';
import type { Opportunity } from '../../src/core/opportunity/opportunity.js';
import { describeRecorded, recordingFile } from '../support/recordings.js';
import {
  BARE,
  type Decided,
  importRecording,
  inputsOf,
  replayFile,
  spells,
  temporaryFolder,
  times,
} from '../support/replays.js';

const FILES = ['spot_btcusdt', 'usdm_btcusdt', 'cm_btcusd_perp'].map((name) => `binance-3-markets/${name}_20240808.gz`);
const SPOT = 'binance:BTC/USDT';
const USD_M = 'binanceusdm:BTC/USDT:USDT';
const COIN_M = 'binancecoinm:BTC/USD:BTC';
const TO_SPOT = `cross:${USD_M}>${SPOT}`;
const TO_COIN_M = `cross:${USD_M}>${COIN_M}`;
const WITHIN_MS = 180_000;

const isLong = ({ aboveMs }: Opportunity): boolean => aboveMs >= 60_000;

describeRecorded('345 s of binance spot, USD-M and COIN-M, 2024-08-08', () => {
  const folder = temporaryFolder();
  const free = path.join(folder, 'free.cap.gz');
  const dear = path.join(folder, 'dear.cap.gz');
  let report: ImportReport;

  beforeAll(async () => {
    const recording = { kind: 'binance', books: 'ticker' } as const;
    const common = { files: FILES.map(recordingFile), recording, tickMs: 100, pars: ['USDT/USD'] };
    report = await importRecording({ ...common, out: free, feeBps: 0 });
    await importRecording({ ...common, out: dear, feeBps: (exchange) => (exchange === 'binance' ? 10 : 5) });
  }, WITHIN_MS);

  const above = (bps: number): Promise<Decided> => replayFile(free, [...BARE, `detection.minNetBps=${bps}`]);

  it('has no gap in the numbering of any market', () => {
    expect(report.proofs.map(({ instrument, gaps }) => [instrument, gaps])).toEqual([
      [SPOT, 0],
      [USD_M, 0],
      [COIN_M, 0],
    ]);
    expect(report.proofs.map(({ frames }) => frames)).toEqual([3_449, 6_547, 26_824]);
  });

  it('recovers how slow the clock of the recorder is within 10 ms, from the first second on', async () => {
    const medians: Record<string, number> = { binance: -1_272.3, binanceusdm: -1_269.5, binancecoinm: -1_268.4 };
    const since = new Map<string, number>();
    const told: { exchange: string; offMs: number }[] = [];
    for (const input of await inputsOf(free)) {
      if (input.type !== 'exchange' || input.clockOffsetMs === null) continue;
      const { exchange, atMs, clockOffsetMs } = input;
      if (!since.has(exchange)) since.set(exchange, atMs);
      if (atMs - (since.get(exchange) ?? 0) >= 1_000) {
        told.push({ exchange, offMs: Math.abs(clockOffsetMs - (medians[exchange] ?? NaN)) });
      }
    }
    expect(new Set(told.map(({ exchange }) => exchange))).toEqual(new Set(Object.keys(medians)));
    expect(Math.max(...told.map(({ offMs }) => offMs))).toBeLessThan(10);
  });

  it(
    'shows USD-M below spot in 5 spells of 344.8 s, one of 245,981 ms, and says that it stands',
    async () => {
      const crossed = spells(await replayFile(free, [...BARE, 'detection.standingAfterMs=60000']), TO_SPOT);
      const { count, totalMs, longestMs } = times(crossed);
      expect(count).toBe(5);
      expect(totalMs / 1_000).toBeCloseTo(344.8, 1);
      expect(Math.abs(longestMs - 245_981)).toBeLessThan(1);
      // The times between the four moments at which it paused: all but the shortest outlast a minute.
      expect(crossed.filter(({ standing }) => standing)).toHaveLength(crossed.filter(isLong).length);
      expect(crossed.some(isLong)).toBe(true);
    },
    WITHIN_MS,
  );

  it(
    'shows above 5 bps 48 spells of 3,015.6 ms to spot, and 10 of 252.8 ms to COIN-M',
    async () => {
      const decided = await above(5);
      const toSpot = times(spells(decided, TO_SPOT));
      expect(toSpot.count).toBe(48);
      expect(toSpot.totalMs).toBeCloseTo(3_015.6, 1);
      expect(toSpot.longestMs).toBeCloseTo(418.3, 1);
      const toCoin = times(spells(decided, TO_COIN_M));
      expect(toCoin.count).toBe(10);
      expect(toCoin.totalMs).toBeCloseTo(252.8, 1);
    },
    WITHIN_MS,
  );

  it(
    'shows above 10 bps 3 spells of 1.0 ms to spot, and one of 32.1 ms to COIN-M',
    async () => {
      const decided = await above(10);
      const toSpot = times(spells(decided, TO_SPOT));
      expect([toSpot.count, toSpot.totalMs.toFixed(1)]).toEqual([3, '1.0']);
      const toCoin = times(spells(decided, TO_COIN_M));
      expect([toCoin.count, toCoin.totalMs.toFixed(1)]).toEqual([1, '32.1']);
    },
    WITHIN_MS,
  );

  it(
    'finds nothing after default fees but one flash of 32 ms, 11.59 bps at its peak',
    async () => {
      const decided = await replayFile(dear, BARE);
      const closed = decided.events.filter(({ event }) => event === 'closed').map(({ opportunity }) => opportunity);
      expect(closed.map(({ routeId }) => routeId)).toEqual([TO_COIN_M]);
      expect(closed[0]?.aboveMs).toBeCloseTo(32.1, 1);
      // Both taker fees are 10 bps together.
      expect((closed[0]?.peakNetBps ?? 0) + 10).toBeCloseTo(11.59, 1);
      expect((await replayFile(dear, [])).events).toEqual([]);
    },
    WITHIN_MS,
  );
});
