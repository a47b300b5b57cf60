import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Filter } from './channel-source.js';
import { FeedEvent, type SnapshotItem, type StepKind } from './feed-event.js';
import { replay } from './replay.js';
import { ShownKeys } from './shown-keys.js';

interface Subject {
  symbol: string;
  bps: number;
}

const THRESHOLD = 5;

const filter = (hasFigures: boolean): Filter => ({
  applied: {},
  hasFigures,
  concerns: ({ symbol }: Subject) => symbol === 'A',
  matches: ({ bps }: Subject) => !hasFigures || bps >= THRESHOLD,
});

/** A channel with everything that ever happened, and what is alive after each position. */
class History {
  readonly events: FeedEvent<Subject>[] = [];
  readonly aliveAt: SnapshotItem<Subject>[][] = [[]];
  private readonly alive = new Map<string, Subject>();

  step(key: string, bps: number, end: boolean): void {
    const known = this.alive.has(key);
    const kind: StepKind = !known ? 'born' : end ? 'gone' : 'state';
    const subject = { symbol: key.startsWith('b') ? 'B' : 'A', bps };
    if (kind === 'gone') this.alive.delete(key);
    else this.alive.set(key, subject);
    this.events.push(new FeedEvent(this.events.length + 1, { kind, key, subject, body: { key, bps } }));
    this.aliveAt.push([...this.alive].map(([id, value]) => ({ key: id, subject: value, body: value })));
  }
}

const steps = fc.array(
  fc.record({ key: fc.constantFrom('a1', 'a2', 'b1'), bps: fc.integer({ min: 0, max: 10 }), end: fc.boolean() }),
  { minLength: 1, maxLength: 40 },
);

describe('replay', () => {
  it.each([false, true])(
    'gives a subscriber that comes back exactly what one that stayed was told, or asks for a snapshot (figures: %s)',
    (hasFigures) => {
      fc.assert(
        fc.property(steps, fc.nat(), fc.nat(), fc.nat(), (script, joinAt, stopAt, forgotten) => {
          const history = new History();
          for (const { key, bps, end } of script) history.step(key, bps, end);
          const now = history.events.length;
          const joined = joinAt % (now + 1);
          const stopped = joined + (stopAt % (now - joined + 1));
          const ring = history.events.slice(Math.min(forgotten % (now + 1), stopped));

          const stayed = new ShownKeys(filter(hasFigures));
          stayed.show(history.aliveAt[joined] ?? []);
          const told = history.events.slice(joined).filter((event) => stayed.accepts(event));

          const found = replay(ring, stopped, history.aliveAt[now] ?? [], filter(hasFigures));
          if (found === null) return hasFigures;
          expect(found.events.map(({ seq }) => seq)).toEqual(told.map(({ seq }) => seq).filter((seq) => seq > stopped));

          // From here on both hear the same, whatever happens.
          const back = new ShownKeys(filter(hasFigures), found.shown);
          for (const key of ['a1', 'a2', 'b1']) {
            const subject = { symbol: key.startsWith('b') ? 'B' : 'A', bps: 0 };
            const end = new FeedEvent(now + 1, { kind: 'gone', key, subject, body: {} });
            const isAlive = history.aliveAt[now]?.some((item) => item.key === key) ?? false;
            if (isAlive) expect(back.accepts(end)).toBe(stayed.accepts(end));
          }
          return true;
        }),
        { numRuns: 2_000 },
      );
    },
  );

  it('does not need a snapshot where nothing is in doubt', () => {
    const history = new History();
    history.step('a1', 9, false);
    history.step('a2', 1, false);
    history.step('a1', 2, false);
    history.step('a2', 1, true);
    history.step('a1', 2, true);
    const found = replay(history.events, 1, [], filter(true));
    expect(found?.events.map(({ seq }) => seq)).toEqual([3, 5]);
  });

  it('asks for a snapshot where nobody can tell what the subscriber was shown', () => {
    const history = new History();
    history.step('a1', 9, false);
    history.step('a1', 2, false);
    history.step('a1', 2, true);
    expect(replay(history.events, 2, [], filter(true))).toBeNull();
  });
});
