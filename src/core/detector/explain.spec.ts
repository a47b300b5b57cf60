import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DetectorRig, detectorSettings, paying } from './detector-rig.js';
import { REFUSAL_REASONS } from '../gates/refusal-reason.js';
import type { Explanation } from './explanation.js';

const okx = { exchange: 'okx', symbol: 'BTC/USDT' };
const binance = { exchange: 'binance', symbol: 'BTC/USDT' };
const explained = (bench: DetectorRig): Explanation => bench.detector.explain(okx, binance) as Explanation;

describe('explain', () => {
  it('tells every gate and the figures of what is open', () => {
    const bench = paying();
    const { gates, figures, ...rest } = explained(bench);
    expect(rest).toMatchObject({ routeId: 'cross:okx:BTC/USDT>binance:BTC/USDT', verdict: 'open', reason: null });
    expect(rest.grossBps).toBeCloseTo(50, 9);
    expect(rest.atMs).toBe(bench.nowMs);
    expect(gates.map(({ reason, passed }) => [reason, passed])).toEqual(
      REFUSAL_REASONS.map((reason) => [reason, true]),
    );
    expect(gates.find(({ reason }) => reason === 'late')?.measured).toEqual({ lateMs: 0, maxLateMs: 250 });
    expect(figures).toMatchObject({ size: 40, notional: 4_000 });
    expect(bench.events).toHaveLength(1);
  });

  it('goes on past a gate that later ones do not lean on', () => {
    const bench = paying();
    bench.feed({ type: 'tick', nowMs: bench.nowMs, loopDelayMs: 400, queueMs: 0 });
    const { gates, reason, verdict, figures } = explained(bench);
    expect([reason, verdict]).toEqual(['late', 'open']);
    expect(gates.filter(({ passed }) => passed === false).map((gate) => gate.reason)).toEqual(['late']);
    expect(figures?.size).toBe(40);
    bench.nowMs += 300;
    bench.feed({ type: 'tick', nowMs: bench.nowMs, loopDelayMs: 400, queueMs: 0 });
    expect(explained(bench).verdict).toBe('refused');
  });

  it.each<[string, (bench: DetectorRig) => unknown]>([
    [
      'exchange_down',
      (b) => {
        b.feed({ type: 'exchange', exchange: 'okx', state: 'down', clockOffsetMs: 0, atMs: b.nowMs });
      },
    ],
    [
      'out_of_sync',
      (b) => {
        b.feed({ type: 'bookState', instrument: okx, state: 'resyncing', reason: 'checksum', atMs: b.nowMs });
      },
    ],
    ['one_sided', (b) => b.book('okx', [], [100, 50])],
    ['crossed_book', (b) => b.book('okx', [100.2, 1], [100, 50])],
  ])('asks no gate after %s, which takes away what they look at', (reason, spoil) => {
    const bench = paying();
    spoil(bench);
    bench.wait(300);
    const { gates, figures, ...rest } = explained(bench);
    expect(rest).toMatchObject({ reason, verdict: 'refused' });
    const at = gates.findIndex((gate) => gate.reason === reason);
    expect(gates[at]).toMatchObject({ passed: false });
    expect(gates.slice(0, at).every(({ passed }) => passed === true)).toBe(true);
    for (const gate of gates.slice(at + 1)) expect(gate).toEqual({ reason: gate.reason, passed: null, measured: {} });
    expect(figures).toBeNull();
  });

  it('tells a route that is not crossed as no candidate, with what it would lose', () => {
    const bench = paying().book('binance', [99.5, 1], [99.8, 1]);
    const { verdict, reason, grossBps, figures } = explained(bench.wait(400));
    expect([verdict, reason, figures]).toEqual(['no_candidate', 'below_threshold', null]);
    expect(grossBps).toBeCloseTo(-50, 9);
  });

  it('knows nothing of a spread that has no prices, and nothing of a route that nobody watches', () => {
    const bench = new DetectorRig().exchange('okx').exchange('binance');
    expect(explained(bench)).toMatchObject({ verdict: 'no_candidate', grossBps: null, figures: null });
    expect(bench.detector.explain(okx, { ...binance, symbol: 'ETH/USDT' })).toBeNull();
    expect(bench.detector.explain({ exchange: 'kraken', symbol: 'BTC/USDT' }, okx)).toBeNull();
    expect(bench.detector.explain(okx, okx)).toBeNull();
  });

  it('writes null where a gate could measure nothing', () => {
    const bench = new DetectorRig().exchange('okx').exchange('binance', 'BTC/USDT', NaN);
    bench.book('okx', [99, 50], [100, 50]).book('binance', [105, 40], [106, 40]);
    const word = explained(bench).gates.find(({ reason }) => reason === 'below_threshold');
    expect(word?.measured).toEqual({ netBps: null, minNetBps: 5, buyTakerFeeBps: 10, sellTakerFeeBps: null });
  });

  it('looks the conversion up at once, though nothing was judged since', () => {
    const bench = new DetectorRig().exchange('okx').exchange('binance', 'BTC/USDC');
    bench.book('okx', [99, 50], [100, 50]).book('binance', [101, 40], [102, 40], 'BTC/USDC');
    bench.exchange('binance', 'USDC/USDT', 0).book('binance', [0.98, 9], [0.99, 9], 'USDC/USDT');
    const word = bench.detector.explain(okx, { exchange: 'binance', symbol: 'BTC/USDC' });
    expect(word?.grossBps).toBeCloseTo((101 * 0.98 - 100) * 100, 9);
    expect(word?.verdict).toBe('no_candidate');
  });

  it('agrees with what the detector does, whatever comes', () => {
    const price = fc.integer({ min: 95, max: 105 });
    const book = fc.tuple(fc.constantFrom('okx', 'binance'), price, fc.integer({ min: -1, max: 3 }));
    const move = fc.oneof(book, fc.integer({ min: 0, max: 4_000 }), fc.constantFrom('down', 'live', 'late', 'gap'));
    fc.assert(
      fc.property(fc.array(move, { minLength: 1, maxLength: 30 }), (moves) => {
        const bench = new DetectorRig({
          ...detectorSettings,
          lifecycle: { ...detectorSettings.lifecycle, graceMs: 0 },
        });
        bench.exchange('okx').exchange('binance');
        for (const each of moves) {
          if (typeof each === 'number') bench.wait(each);
          else if (typeof each !== 'string') bench.book(each[0], [each[1], 9], [each[1] + each[2], 9]);
          else disturb(bench, each);
          bench.wait(0);
          const { verdict, reason, gates } = explained(bench);
          const isOpen = bench.detector.lives().some(({ opportunity }) => opportunity.legs[0]?.exchange === 'okx');
          expect(verdict === 'open').toBe(isOpen);
          expect(gates.find(({ passed }) => passed === false)?.reason ?? null).toBe(reason);
          const standing = bench.detector.refusals().filter(({ routeId, lastAtMs }) => {
            return routeId.startsWith('cross:okx') && lastAtMs === bench.nowMs;
          });
          if (verdict === 'refused') expect(standing.map((row) => row.reason)).toContain(reason);
        }
      }),
    );
  });
});

function disturb(bench: DetectorRig, what: 'down' | 'live' | 'late' | 'gap'): void {
  const atMs = bench.nowMs;
  if (what === 'late') bench.feed({ type: 'tick', nowMs: atMs, loopDelayMs: 999, queueMs: 0 });
  else if (what === 'gap') bench.feed({ type: 'bookState', instrument: okx, state: 'resyncing', reason: 'gap', atMs });
  else bench.feed({ type: 'exchange', exchange: 'okx', state: what, clockOffsetMs: 0, atMs });
}
