import path from 'node:path';
import { beforeAll, expect, it } from '@jest/globals';
import { parseSymbol } from '../../src/core/market/symbol.js';
import type { Opportunity } from '../../src/core/opportunity/opportunity.js';
import { describeRecorded, recordingFile } from '../support/recordings.js';
import { BARE, type Decided, importRecording, inputsOf, replayFile, temporaryFolder } from '../support/replays.js';

const INSTANT = { kind: 'snapshots', atMs: Date.UTC(2025, 3, 14) } as const;

function isOneSymbol(routeId: string): boolean {
  const [, buy = '', sell = ''] = /^cross:[^:]+:(.+)>[^:]+:(.+)$/.exec(routeId) ?? [];
  return buy !== '' && buy === sell;
}

describeRecorded('one instant of Binance and OKX with their networks, 2025-04-14', () => {
  const file = path.join(temporaryFolder(), 'snapshot.cap.gz');
  let decided: Decided;
  let symbols: string[];
  const opened = (): Opportunity[] =>
    decided.events.flatMap(({ event, opportunity }) => (event === 'opened' ? [opportunity] : []));

  beforeAll(async () => {
    const files = [recordingFile('depth-snapshot/binance-okx-2025-04-14.json')];
    const report = await importRecording({ files, recording: INSTANT, out: file, feeBps: 10 });
    symbols = [...new Set(report.instruments.map((key) => key.slice(key.indexOf(':') + 1)))];
    // The figures take each ticker for one asset; whether it is one is another question.
    const assets = new Set(symbols.map((symbol) => parseSymbol(symbol)?.base ?? ''));
    decided = await replayFile(file, [...BARE, `detection.identity.allow=${[...assets].join(',')}`]);
  });

  it('has 304 symbols with two sides on both exchanges, and 23 with an empty Binance book', async () => {
    const sides = new Map<string, number>();
    let empty = 0;
    for (const input of await inputsOf(file)) {
      if (input.type !== 'book') continue;
      const { instrument, bids, asks } = input.update;
      if (instrument.exchange === 'binance' && bids.length + asks.length === 0) empty += 1;
      if (bids.length > 0 && asks.length > 0) sides.set(instrument.symbol, (sides.get(instrument.symbol) ?? 0) + 1);
    }
    expect([symbols.length, empty]).toEqual([327, 23]);
    expect([...sides.values()].filter((count) => count === 2)).toHaveLength(304);
  });

  it('shows 40 crossed at the top, the best 42.68 bps gross, and 2 that pay after 10 + 10 bps', () => {
    const paying = opened().filter(({ routeId }) => isOneSymbol(routeId));
    const refused = decided.refusals.filter(({ routeId, entries, reason }) => {
      return entries > 0 && reason !== 'out_of_sync' && isOneSymbol(routeId);
    });
    const crossed = new Set([...paying, ...refused].map(({ routeId }) => routeId));
    expect(crossed.size).toBe(40);
    expect(Math.max(...opened().map(({ grossBps }) => grossBps))).toBeCloseTo(42.68, 2);
    expect(paying.map(({ symbol }) => symbol).sort()).toEqual(['CELR/USDT', 'GMT/USDT']);
  });

  it('values GMT at 19,509.25 units and 1.598 USDT, 1.569 after the cheapest common network', () => {
    const gmt = opened().find(({ symbol }) => symbol === 'GMT/USDT');
    expect(gmt?.size).toBeCloseTo(19_509.25, 2);
    expect(gmt?.notional).toBeCloseTo(959.85, 1);
    expect(gmt?.netProfit).toBeCloseTo(1.598, 3);
    expect(gmt?.afterTransfer?.netProfit).toBeCloseTo(1.569, 3);
    expect(gmt?.afterTransfer).toMatchObject({ network: 'MATIC', feeAmount: 0.6 });
  });

  it('leaves exactly one that survives its transfer: CELR turns negative', () => {
    const after = opened().map(({ symbol, afterTransfer }) => [symbol, (afterTransfer?.netProfit ?? -Infinity) > 0]);
    expect(after.sort()).toEqual([
      ['CELR/USDT', false],
      ['GMT/USDT', true],
    ]);
  });
});
