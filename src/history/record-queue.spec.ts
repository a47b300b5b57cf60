import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { opportunity, BOOKS } from '../../test/support/opportunities.js';
import type { OpportunityEvent } from '../core/opportunity/opportunity.js';
import { RecordQueue } from './record-queue.js';

const event = (kind: OpportunityEvent['event'], id: string, revision: number): OpportunityEvent => ({
  v: 1,
  event: kind,
  opportunity: opportunity({ id, revision, ...(kind === 'opened' ? { books: BOOKS } : {}) }),
});

describe('RecordQueue', () => {
  it('keeps one entry per opportunity: the newest state with the books of the opening', () => {
    const queue = new RecordQueue(10);
    queue.push(event('opened', 'a', 1), 100);
    queue.push(event('updated', 'a', 2), 200);
    queue.push(event('closed', 'a', 3), 300);
    const all = queue.takeAll();
    expect(all).toHaveLength(1);
    expect(all[0]).toMatchObject({ isEssential: true, sinceMs: 100, opportunity: { revision: 3, books: BOOKS } });
    expect(queue.size).toBe(0);
  });

  it('keeps what is newer when a batch is given back', () => {
    const queue = new RecordQueue(10);
    queue.push(event('opened', 'a', 1), 100);
    const failed = queue.takeAll();
    queue.push(event('updated', 'a', 2), 200);
    queue.putBack(failed);
    expect(queue.takeAll()).toMatchObject([
      { isEssential: true, sinceMs: 100, opportunity: { revision: 2, books: BOOKS } },
    ]);
  });

  it('lets updated figures make room, and turns an opening away only when there are none left', () => {
    const queue = new RecordQueue(2);
    queue.push(event('updated', 'a', 2), 1);
    queue.push(event('opened', 'b', 1), 2);
    expect(queue.push(event('closed', 'c', 4), 3)).toBe(true);
    expect(queue.push(event('updated', 'd', 2), 4)).toBe(false);
    expect(queue.lost).toBe(0);
    expect(queue.push(event('opened', 'e', 1), 5)).toBe(false);
    expect(queue.push(event('closed', 'b', 2), 6)).toBe(true);
    expect(queue.lost).toBe(1);
    expect(queue.takeAll().map((record) => record.opportunity.id)).toEqual(['b', 'c']);
  });

  it('says how old the oldest change is', () => {
    const queue = new RecordQueue(5);
    expect(queue.oldestMs).toBeNull();
    queue.push(event('updated', 'a', 2), 20);
    queue.push(event('opened', 'b', 1), 30);
    expect(queue.oldestMs).toBe(20);
  });

  it('never exceeds its bound, and never loses an opening or a closing without counting it', () => {
    const kinds = fc.constantFrom('opened', 'updated', 'closed', 'fail' as const);
    const steps = fc.array(fc.tuple(kinds, fc.integer({ min: 0, max: 8 })), { maxLength: 60 });
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 6 }), (run, bound) => {
        const queue = new RecordQueue(bound);
        const essential = new Set<string>();
        let refused = 0;
        run.forEach(([kind, number], i) => {
          if (kind === 'fail') queue.putBack(queue.takeAll());
          else {
            const isTaken = queue.push(event(kind, String(number), i), i);
            if (kind !== 'updated' && isTaken) essential.add(String(number));
            if (kind !== 'updated' && !isTaken) refused += 1;
          }
          expect(queue.size).toBeLessThanOrEqual(bound);
        });
        expect(queue.lost).toBe(refused);
        const left = new Set(queue.takeAll().map((record) => record.opportunity.id));
        for (const id of essential) expect(left.has(id)).toBe(true);
      }),
    );
  });
});
