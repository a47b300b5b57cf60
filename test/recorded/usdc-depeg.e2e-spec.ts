import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from '@jest/globals';
import { describeRecorded, readRecording } from '../support/recordings.js';
import { BARE, importRecording, replayFile, temporaryFolder } from '../support/replays.js';

/** Four hours before the days that are counted, so that a frozen market is known to be frozen by then. */
const FROM = '2023-03-09 20:00';
const COUNTED = { fromMs: Date.UTC(2023, 2, 10), toMs: Date.UTC(2023, 2, 14) };
const CONVERTING = ['kraken_usdcusd', 'kraken_usdtusd'];
/** Gaps are filled forward for five minutes; the books that stand still for longest in these days do so for 54. */
const ALLOWED = ['detection.maxAgeMs=300000', 'detection.maxQuietMs=3600000', 'detection.minNetBps=100'];
const FROZEN = 'cryptocomusdc';
const WITHIN_MS = 240_000;

interface Counted {
  /** Minutes at whose end a spread over 100 bps stood. */
  over: number;
  /** Minutes for which every book of `CONVERTING` was known. */
  converted: number;
  minutes: number;
  traded: Set<string>;
}

describeRecorded('closes of BTC in USD, USDT and USDC on four exchanges, 10 to 13 March 2023', () => {
  const folder = temporaryFolder();

  /**
   * Writes the days with every BTC market as an exchange of its own, since the figure takes the highest and the lowest of
   * all markets, also where both are of one exchange.
   */
  function slice(): { file: string; markets: string[] } {
    const [header = '', ...rows] = readRecording('usdc-depeg-2023/closes-1m.csv.gz').trim().split('\n');
    const names = header.split(',').map((name) => name.replace(/^([a-z]+)_btc(usd|usdt|usdc)$/, '$1$2_btc$2'));
    const file = path.join(folder, 'days.csv');
    const days = rows.filter((row) => row >= FROM && row < '2023-03-14');
    writeFileSync(file, [names.join(','), ...days].join('\n'));
    return { file, markets: names.filter((name) => /_btcusd[tc]?$/.test(name)) };
  }

  async function count(name: string, columns: (markets: string[]) => string[], pars: string[]): Promise<Counted> {
    const { file, markets } = slice();
    const out = path.join(folder, name);
    const recording = { kind: 'closes', columns: columns(markets), renamed: new Map<string, string>() } as const;
    await importRecording({ files: [file], recording, out, feeBps: 0, pars });
    const counted: Counted = { over: 0, converted: 0, minutes: 0, traded: new Set() };
    const known = new Map<string, number>();
    await replayFile(out, [...BARE, ...ALLOWED], (input, { detector }) => {
      if (input.type === 'book') known.set(input.update.instrument.symbol, input.update.receivedAtMs);
      if (input.type === 'alive') for (const symbol of input.symbols) known.set(symbol, input.atMs);
      if (input.type !== 'tick' || input.nowMs < COUNTED.fromMs || input.nowMs >= COUNTED.toMs) return;
      const { nowMs } = input;
      counted.minutes += 1;
      if (['USDC/USD', 'USDT/USD'].every((symbol) => nowMs - (known.get(symbol) ?? 0) <= 300_000))
        counted.converted += 1;
      const paying = detector.lives().filter(({ leaving }) => leaving === null);
      if (paying.length > 0) counted.over += 1;
      for (const { opportunity } of paying) for (const { exchange } of opportunity.legs) counted.traded.add(exchange);
    });
    return counted;
  }

  it(
    'shows over 100 bps in 3,866 of 5,760 minutes where USD, USDT and USDC are taken for one',
    async () => {
      const { over, minutes, traded } = await count('par.cap.gz', (markets) => markets, ['USDT/USD', 'USDC/USD']);
      expect([over, minutes]).toEqual([3_866, 5_760]);
      expect(traded.size).toBe(9);
      expect([...traded]).not.toContain(FROZEN);
    },
    WITHIN_MS,
  );

  it(
    "shows it in 792 of 5,732 where each leg is converted through Kraken's books, and never on the frozen market",
    async () => {
      const counted = await count('converted.cap.gz', (markets) => [...CONVERTING, ...markets], []);
      expect([counted.over, counted.converted]).toEqual([792, 5_732]);
      expect(counted.traded.size).toBeGreaterThan(5);
      expect([...counted.traded]).not.toContain(FROZEN);
    },
    WITHIN_MS,
  );
});
