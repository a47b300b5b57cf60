import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { RefusalReason } from '../gates/refusal-reason.js';
import { type Life, type LifecycleLimits, type Verdict, advance, close, inFull, open } from './lifecycle.js';
import { START_MS, bookAt, figures, identity, opened, opening, paying } from './lifecycle-rig.js';
import type { OpportunityEvent } from './opportunity.js';

const limits: LifecycleLimits = { graceMs: 300, standingAfterMs: 5_000, maxOpenMs: 20_000, updateEveryMs: 100 };
const refused = (reason: RefusalReason): Verdict => ({ kind: 'refused', reason });

interface Run {
  readonly events: readonly OpportunityEvent[];
  /** Judgements up to the end of the life, each with the life before it. */
  readonly taken: readonly { nowMs: number; verdict: Verdict; before: Life; after: Life | null }[];
}

function run(moves: readonly (readonly [number, Verdict])[]): Run {
  const events: OpportunityEvent[] = [];
  const taken: Run['taken'][number][] = [];
  let life: Life | null = opened();
  let nowMs = START_MS;
  for (const [passed, verdict] of moves) {
    if (life === null) break;
    nowMs += passed;
    const before: Life = life;
    const step = advance(before, verdict, nowMs, limits);
    if (step.event) events.push(step.event);
    taken.push({ nowMs, verdict, before, after: step.life });
    life = step.life;
  }
  return { events, taken };
}

const verdict: fc.Arbitrary<Verdict> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.tuple(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 9 })).map((p) => paying(...p)),
  },
  fc.constant<Verdict>({ kind: 'no_candidate' }),
  fc
    .constantFrom<RefusalReason>('stale', 'too_thin', 'too_good', 'exchange_down', 'below_threshold', 'late')
    .map(refused),
);
const moves = fc.array(fc.tuple(fc.integer({ min: 0, max: 600 }), verdict), { maxLength: 80 });

describe('lifecycle, whatever comes', () => {
  it('counts time that paid: never more than its life, and never time in which it did not', () => {
    fc.assert(
      fc.property(moves, (all) => {
        const { taken } = run(all);
        let paidMs = 0;
        for (const { nowMs, verdict: word, before, after } of taken) {
          const passed = nowMs - before.paidAtMs;
          const wasPaying = before.leaving === null;
          const ends = word.kind !== 'accepted' && (word.kind === 'no_candidate' || SHOWN.has(word.reason));
          if (after && wasPaying && (word.kind === 'accepted' || ends)) paidMs += passed;
          if (after) expect(after.opportunity.aboveMs).toBe(paidMs);
          if (after) expect(paidMs).toBeLessThanOrEqual(after.paidAtMs - START_MS);
        }
      }),
    );
  });

  it('closes as of when it last paid, at the latest now, and at the earliest at its opening', () => {
    fc.assert(
      fc.property(moves, (all) => {
        for (const { event, opportunity } of run(all).events) {
          if (event !== 'closed') continue;
          expect(opportunity.closedAtMs).toBeLessThanOrEqual(opportunity.updatedAtMs);
          expect(opportunity.closedAtMs).toBeGreaterThanOrEqual(START_MS);
          expect(opportunity.aboveMs).toBeLessThanOrEqual((opportunity.closedAtMs ?? 0) - START_MS);
        }
      }),
    );
  });

  it('never shows a peak below anything that was seen', () => {
    fc.assert(
      fc.property(moves, (all) => {
        const { taken } = run(all);
        let [peakNet, peakSize] = [10, 1];
        for (const { verdict: word, after } of taken) {
          if (!after) break;
          if (word.kind === 'accepted') {
            if (word.figures.netBps > peakNet) expect(after.peak).toEqual([bookAt(word.figures.netBps)]);
            peakNet = Math.max(peakNet, word.figures.netBps);
            peakSize = Math.max(peakSize, word.figures.size);
          }
          expect(after.opportunity).toMatchObject({ peakNetBps: peakNet, peakSize });
          expect(after.peak?.[0]?.exchange ?? '10').toBe(`${peakNet}`);
        }
      }),
    );
  });

  it('goes on exactly while no pause is longer than the grace and it is not too old', () => {
    fc.assert(
      fc.property(moves, (all) => {
        for (const { nowMs, verdict: word, before, after } of run(all).taken) {
          const sinceMs = before.leaving?.sinceMs ?? nowMs;
          const isOver = word.kind === 'accepted' ? nowMs - sinceMs > 300 : nowMs - sinceMs >= 300;
          expect(after === null).toBe(isOver || nowMs - START_MS >= 20_000);
        }
      }),
    );
  });

  it('keeps the first reason of a pause', () => {
    fc.assert(
      fc.property(moves, (all) => {
        const { events, taken } = run(all);
        const closed = events.find(({ event }) => event === 'closed');
        if (!closed) return;
        const last = taken.at(-1);
        const isAged = last !== undefined && last.nowMs - START_MS >= 20_000;
        const kept = last?.before.leaving?.reason;
        expect(closed.opportunity.closeReason).toBe(kept ?? 'max_age');
        if (!kept) expect(isAged).toBe(true);
      }),
    );
  });

  it('announces at most once in the update interval, but for its standing, which it announces once', () => {
    fc.assert(
      fc.property(moves, (all) => {
        const updates = run(all).events.filter(({ event }) => event === 'updated');
        const standing = updates.findIndex(({ opportunity }) => opportunity.standing);
        const times = [START_MS, ...updates.map(({ opportunity }) => opportunity.updatedAtMs)];
        times.slice(1).forEach((at, index) => {
          if (index !== standing) expect(at - (times[index] as number)).toBeGreaterThanOrEqual(100);
        });
        for (const { opportunity } of updates.slice(Math.max(0, standing))) {
          expect(opportunity.standing).toBe(standing !== -1);
          expect(opportunity.standing).toBe(opportunity.updatedAtMs - START_MS >= 5_000);
        }
      }),
    );
  });

  it('forgets no change: what is kept and not announced is marked', () => {
    fc.assert(
      fc.property(moves, (all) => {
        let sent = { netBps: 10, size: 1 };
        for (const { after, before } of run(all).taken) {
          if (!after) break;
          const { netBps, size, revision } = after.opportunity;
          if (revision !== before.opportunity.revision) sent = { netBps, size };
          if (netBps !== sent.netBps || size !== sent.size) expect(after.isDirty).toBe(true);
          expect(revision - before.opportunity.revision).toBe(after.sentAtMs === before.sentAtMs ? 0 : 1);
        }
      }),
    );
  });
});

const SHOWN: ReadonlySet<RefusalReason> = new Set(['below_threshold', 'too_thin', 'too_good']);

describe('lifecycle', () => {
  it('announces a change of size alone', () => {
    expect(run([[100, paying(10, 2)]]).events).toMatchObject([
      { event: 'updated', opportunity: { size: 2, peakSize: 2 } },
    ]);
    expect(run([[100, paying(10, 1)]]).events).toEqual([]);
  });

  it('tells the books of its peak at its end, and what its opening told not again', () => {
    const life = run([[50, paying(12)]]).taken[0]?.after as Life;
    expect(inFull(life)).toMatchObject({ gates: opening.gates, books: { opening: [bookAt(10)], peak: [bookAt(12)] } });
    expect(inFull(opened()).books).toEqual({ opening: [bookAt(10)] });
    expect(close(life, 'shutdown', 1_400).event).toMatchObject({
      event: 'closed',
      opportunity: {
        ...{ state: 'closed', closeReason: 'shutdown', closedAtMs: 1_050, updatedAtMs: 1_400, revision: 2 },
        books: { peak: [bookAt(12)] },
      },
    });
    expect(close(opened(), 'shutdown', 1_400).event?.opportunity).not.toHaveProperty('books');
    expect(close(life, 'shutdown', 1_400).event?.opportunity).not.toHaveProperty('gates');
  });

  it('goes on when it pays again at the very end of the grace, and until the very end of its age', () => {
    const again = run([
      [50, { kind: 'no_candidate' }],
      [300, paying(10)],
    ]);
    expect(again.taken.at(-1)?.after?.leaving).toBeNull();
    expect(run([[19_999, paying(10)]]).taken[0]?.after).not.toBeNull();
    expect(run([[20_000, paying(10)]]).taken[0]?.after).toBeNull();
  });

  it('keeps the books of the first of two peaks as high', () => {
    expect(run([[50, paying(10)]]).taken[0]?.after?.peak).toBeNull();
  });

  it('opens whole', () => {
    expect(open(identity, figures(10, 3), opening, START_MS)).toEqual({
      event: {
        v: 1,
        event: 'opened',
        opportunity: expect.objectContaining({ gates: opening.gates, books: { opening: [bookAt(10)] } }),
      },
      life: {
        ...{ opening, peak: null, paidAtMs: START_MS, sentAtMs: START_MS, isDirty: false, leaving: null },
        opportunity: {
          ...{
            ...identity,
            ...figures(10, 3),
            state: 'open',
            revision: 1,
            openedAtMs: START_MS,
            updatedAtMs: START_MS,
          },
          ...{ closedAtMs: null, closeReason: null, peakNetBps: 10, peakSize: 3, aboveMs: 0, standing: false },
          detectedAtMs: START_MS,
        },
      },
    });
  });

  it('counts what its books showed up to that moment as paid, and nothing of an age that nobody saw', () => {
    const paidAt = (word: Verdict): number | undefined =>
      run([
        [50, paying(9)],
        [70, word],
      ]).taken[1]?.after?.paidAtMs;
    expect(paidAt({ kind: 'no_candidate' })).toBe(1_120);
    for (const reason of SHOWN) expect(paidAt(refused(reason))).toBe(1_120);
    for (const reason of ['stale', 'late', 'identity', 'quote'] as const) expect(paidAt(refused(reason))).toBe(1_050);
  });
});
