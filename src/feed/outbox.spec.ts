import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FeedEvent, type StepKind } from './feed-event.js';
import { Outbox } from './outbox.js';

const event = (seq: number, kind: StepKind, key: string): FeedEvent =>
  new FeedEvent(seq, { kind, key, subject: null, body: { seq } });

describe('Outbox', () => {
  it('keeps the newest state of a subject and counts the others', () => {
    const outbox = new Outbox();
    outbox.add(event(1, 'state', 'a'));
    outbox.add(event(2, 'state', 'b'));
    outbox.add(event(3, 'state', 'a'));
    const { events, skipped } = outbox.take();
    expect(events.map(({ seq }) => seq)).toEqual([2, 3]);
    expect(skipped).toBe(1);
    expect(outbox.take()).toEqual({ events: [], skipped: 0 });
  });

  it('loses no beginning and no end, keeps the order and the last word on every subject', () => {
    const kinds = fc.constantFrom<StepKind>('born', 'state', 'gone');
    const script = fc.array(fc.tuple(kinds, fc.constantFrom('a', 'b', 'c')), { maxLength: 60 });
    fc.assert(
      fc.property(script, (steps) => {
        const all = steps.map(([kind, key], i) => event(i + 1, kind, key));
        const outbox = new Outbox();
        for (const one of all) outbox.add(one);
        const { events, skipped } = outbox.take();
        const seqs = events.map(({ seq }) => seq);
        expect(seqs).toEqual([...seqs].sort((a, b) => a - b));
        expect(events.length + skipped).toBe(all.length);
        for (const one of all) if (one.kind !== 'state') expect(events).toContain(one);
        for (const key of ['a', 'b', 'c']) {
          const last = all.findLast((one) => one.key === key);
          if (last) expect(events.findLast((one) => one.key === key)).toBe(last);
        }
      }),
    );
  });
});
