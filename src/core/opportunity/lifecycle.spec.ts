import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Life, type LifecycleLimits, type Step, type Verdict, advance, open } from './lifecycle.js';
import { figures, identity, opened, opening, paying } from './lifecycle-rig.js';

const limits: LifecycleLimits = { graceMs: 300, standingAfterMs: 5_000, maxOpenMs: 60_000, updateEveryMs: 100 };
const gone: Verdict = { kind: 'no_candidate' };

/** Runs judgements one after another; stops at the end of the life. */
function run(life: Life, steps: readonly [number, Verdict][]): Step[] {
  const taken: Step[] = [];
  let current: Life | null = life;
  for (const [nowMs, verdict] of steps) {
    if (current === null) break;
    const step: Step = advance(current, verdict, nowMs, limits);
    taken.push(step);
    current = step.life;
  }
  return taken;
}

describe('lifecycle', () => {
  it('announces an opening with its books', () => {
    const step = open(identity, figures(10), opening, 1_000);
    expect(step.event).toMatchObject({
      event: 'opened',
      opportunity: {
        id: 'e-1-0',
        state: 'open',
        revision: 1,
        openedAtMs: 1_000,
        peakNetBps: 10,
        books: { opening: [{}] },
      },
    });
  });

  it('goes on as the same opportunity when it pays again within the grace', () => {
    const steps = run(opened(), [
      [1_200, gone],
      [1_400, paying(12)],
      [1_700, gone],
    ]);
    expect(steps.map((step) => step.event?.event ?? null)).toEqual([null, 'updated', null]);
    expect(steps[2]?.life?.opportunity.peakNetBps).toBe(12);
  });

  it('does not go on when it pays again after the grace, though nothing was judged meanwhile', () => {
    const steps = run(opened(), [
      [1_200, gone],
      [1_501, paying(12)],
    ]);
    expect(steps[1]?.event).toMatchObject({
      event: 'closed',
      opportunity: { closeReason: 'collapsed', closedAtMs: 1_200, aboveMs: 200, netBps: 10 },
    });
  });

  it('closes once the grace has passed, as of when it last paid, with the first reason', () => {
    const steps = run(opened(), [
      [1_100, paying(11)],
      [1_200, { kind: 'refused', reason: 'stale' }],
      [1_400, { kind: 'refused', reason: 'exchange_down' }],
      [1_500, gone],
    ]);
    expect(steps.at(-1)).toMatchObject({
      life: null,
      event: {
        event: 'closed',
        opportunity: { state: 'closed', closeReason: 'stale', closedAtMs: 1_100, revision: 3 },
      },
    });
  });

  it.each([
    [gone, 'collapsed'],
    [{ kind: 'refused', reason: 'below_threshold' }, 'collapsed'],
    [{ kind: 'refused', reason: 'too_thin' }, 'too_thin'],
    [{ kind: 'refused', reason: 'out_of_sync' }, 'out_of_sync'],
  ] as [Verdict, string][])('after %j closes with %s', (verdict, reason) => {
    const steps = run(opened(), [
      [1_001, verdict],
      [1_301, verdict],
    ]);
    expect(steps[1]?.event?.opportunity.closeReason).toBe(reason);
  });

  it('announces a change at most once in the update interval, and does not forget it', () => {
    const steps = run(opened(), [
      [1_050, paying(11)],
      [1_090, paying(12)],
      [1_100, paying(12)],
      [1_150, paying(12)],
      [1_300, paying(12)],
    ]);
    expect(steps.map((step) => step.event?.opportunity.netBps ?? null)).toEqual([null, null, 12, null, null]);
  });

  it('turns standing once and says so', () => {
    const steps = run(opened(), [
      [5_999, paying(10)],
      [6_000, paying(10)],
      [6_100, paying(10)],
    ]);
    expect(steps.map((step) => step.event?.opportunity.standing ?? null)).toEqual([null, true, null]);
  });

  it('ends at the longest age', () => {
    expect(run(opened(), [[61_000, paying(10)]])[0]?.event?.opportunity.closeReason).toBe('max_age');
  });

  it('closes exactly once with one reason, and revisions grow by one, whatever comes', () => {
    const verdict: fc.Arbitrary<Verdict> = fc.oneof(
      fc.double({ min: 1, max: 50, noNaN: true }).map(paying),
      fc.constant(gone),
      fc
        .constantFrom('stale', 'too_thin', 'exchange_down', 'below_threshold')
        .map((reason): Verdict => ({ kind: 'refused', reason })),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 400 }), verdict), { maxLength: 60 }), (moves) => {
        let nowMs = 1_000;
        const steps = run(
          opened(),
          moves.map(([waitMs, next]) => [(nowMs += waitMs), next]),
        );
        const events = steps.flatMap((step) => (step.event ? [step.event] : []));
        expect(events.map((event) => event.opportunity.revision)).toEqual(events.map((_, index) => index + 2));
        const closed = events.filter((event) => event.event === 'closed');
        expect(closed.length).toBe(steps.at(-1)?.life === null ? 1 : 0);
        for (const { opportunity } of events) {
          expect(opportunity.closeReason !== null).toBe(opportunity.state === 'closed');
          expect(opportunity.peakNetBps).toBeGreaterThanOrEqual(opportunity.netBps);
        }
      }),
    );
  });
});
