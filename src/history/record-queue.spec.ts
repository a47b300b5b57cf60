import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { BOOKS, GATES, opportunity } from '../../test/support/opportunities.js';
import type { Opportunity, OpportunityEvent } from '../core/opportunity/opportunity.js';
import { mergeStates } from './opportunity-writer.js';
import { RecordQueue } from './record-queue.js';

type Kind = OpportunityEvent['event'];

const queueOf = (bound: number): RecordQueue<Opportunity> =>
  new RecordQueue(bound, { keyOf: (one: Opportunity) => one.id, merge: mergeStates });

function push(queue: RecordQueue<Opportunity>, kind: Kind, [id, revision]: [string, number], nowMs: number): boolean {
  const details = kind === 'opened' ? { books: BOOKS, gates: GATES } : {};
  return queue.push(opportunity({ id, revision, ...details }), kind !== 'updated', nowMs);
}

describe('RecordQueue', () => {
  it('keeps one entry per opportunity: the newest state with the books of the opening', () => {
    const queue = queueOf(10);
    push(queue, 'opened', ['a', 1], 100);
    push(queue, 'updated', ['a', 2], 200);
    push(queue, 'closed', ['a', 3], 300);
    const all = queue.takeAll();
    expect(all).toHaveLength(1);
    expect(all[0]).toMatchObject({
      isEssential: true,
      sinceMs: 100,
      value: { revision: 3, books: BOOKS, gates: GATES },
    });
    expect(queue.size).toBe(0);
  });

  it('keeps what is newer when a batch is given back', () => {
    const queue = queueOf(10);
    push(queue, 'opened', ['a', 1], 100);
    const failed = queue.takeAll();
    push(queue, 'updated', ['a', 2], 200);
    queue.putBack(failed);
    expect(queue.takeAll()).toMatchObject([{ isEssential: true, sinceMs: 100, value: { revision: 2, books: BOOKS } }]);
  });

  it('lets updated figures make room, and turns an opening away only when there are none left', () => {
    const queue = queueOf(2);
    push(queue, 'updated', ['a', 2], 1);
    push(queue, 'opened', ['b', 1], 2);
    expect(push(queue, 'closed', ['c', 4], 3)).toBe(true);
    expect(push(queue, 'updated', ['d', 2], 4)).toBe(false);
    expect(queue.lost).toBe(0);
    expect(push(queue, 'opened', ['e', 1], 5)).toBe(false);
    expect(push(queue, 'closed', ['b', 2], 6)).toBe(true);
    expect(queue.lost).toBe(1);
    expect(queue.takeAll().map((record) => record.value.id)).toEqual(['b', 'c']);
  });

  it('says how old the oldest change is', () => {
    const queue = queueOf(5);
    expect(queue.oldestMs).toBeNull();
    push(queue, 'updated', ['a', 2], 20);
    push(queue, 'opened', ['b', 1], 30);
    expect(queue.oldestMs).toBe(20);
  });

  it('never exceeds its bound, and never loses an opening or a closing without counting it', () => {
    const kinds = fc.constantFrom('opened', 'updated', 'closed', 'fail' as const);
    const steps = fc.array(fc.tuple(kinds, fc.integer({ min: 0, max: 8 })), { maxLength: 60 });
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 6 }), (run, bound) => {
        const queue = queueOf(bound);
        const essential = new Set<string>();
        let refused = 0;
        run.forEach(([kind, number], i) => {
          if (kind === 'fail') queue.putBack(queue.takeAll());
          else {
            const isTaken = push(queue, kind, [String(number), i], i);
            if (kind !== 'updated' && isTaken) essential.add(String(number));
            if (kind !== 'updated' && !isTaken) refused += 1;
          }
          expect(queue.size).toBeLessThanOrEqual(bound);
        });
        expect(queue.lost).toBe(refused);
        const left = new Set(queue.takeAll().map((record) => record.value.id));
        for (const id of essential) expect(left.has(id)).toBe(true);
      }),
    );
  });
});
