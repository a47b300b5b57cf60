import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { openingBooks, opportunity } from '../../../test/support/opportunity.builder.js';
import type { OpportunityMessage } from '../messages.js';
import { OpportunityFold, type PlacedEvent } from './opportunity-fold.js';

const head = { v: 1, term: 1, epoch: 'e1' } as const;
const claim: OpportunityMessage = { ...head, kind: 'claim', member: 'd2', atMs: 1_795_000_009_000 };
const events = (...of: ['opened' | 'updated' | 'closed', string, number][]): OpportunityMessage => ({
  ...head,
  kind: 'events',
  events: of.map(([event, id, revision]) => {
    const state = event === 'closed' ? 'closed' : 'open';
    const books = event === 'opened' ? { books: openingBooks } : {};
    return { v: 1, event, opportunity: opportunity({ id, revision, state, ...books }) };
  }),
});
const shown = (placed: readonly PlacedEvent[]): string[] =>
  placed.map(({ event: { event, opportunity: one } }) => `${event} ${one.id} ${one.revision}`);

describe('OpportunityFold', () => {
  it('tells the events of a message in their order, at growing positions that its place in the stream gives', () => {
    const fold = new OpportunityFold();
    const first = fold.take('BTC', 7, events(['opened', 'a', 1], ['updated', 'a', 2]));
    const second = fold.take('ETH', 8, events(['opened', 'b', 1]));
    expect(shown([...first, ...second])).toEqual(['opened a 1', 'updated a 2', 'opened b 1']);
    const positions = [...first, ...second].map(({ position }) => position);
    expect(positions).toEqual([...positions].sort((a, b) => a - b));
    expect(new Set(positions).size).toBe(3);
    expect(fold.find('a')).toMatchObject({ revision: 2, books: openingBooks });
  });

  it('closes with a claim what others left open of that asset, and nothing else', () => {
    const fold = new OpportunityFold();
    fold.take('BTC', 1, events(['opened', 'b', 1], ['opened', 'a', 4], ['opened', 'c', 1], ['closed', 'c', 2]));
    fold.take('ETH', 2, events(['opened', 'd', 1]));
    const closed = fold.take('BTC', 3, claim);
    expect(shown(closed)).toEqual(['closed a 5', 'closed b 2']);
    expect(closed[0]?.event.opportunity).toMatchObject({
      ...{ state: 'closed', closeReason: 'shutdown', updatedAtMs: 1_795_000_009_000 },
      closedAtMs: opportunity().updatedAtMs,
    });
    expect(closed[0]?.event.opportunity.books).toBeUndefined();
    expect([...fold.all()].map(({ id }) => id)).toEqual(['d']);
    expect(fold.take('BTC', 4, claim)).toEqual([]);
  });

  it('learns from a telling of what is open only what it does not know', () => {
    const fold = new OpportunityFold();
    fold.take('BTC', 1, events(['opened', 'a', 1]));
    const open = [opportunity({ id: 'a', revision: 1 }), opportunity({ id: 'b', revision: 9 })];
    expect(shown(fold.take('BTC', 2, { ...head, kind: 'open', open }))).toEqual(['updated b 9']);
    expect([...fold.all()].map(({ id }) => id)).toEqual(['a', 'b']);
  });

  it('shows a reader that came late the same as one that read from the beginning', () => {
    const step = fc.tuple(fc.constantFrom('opened', 'updated', 'closed'), fc.constantFrom('a', 'b', 'c'));
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 40 }), fc.nat(39), (steps, at) => {
        const whole = new OpportunityFold();
        const late = new OpportunityFold();
        steps.forEach(([event, id], index) => {
          if (index === at) {
            // What is open is told again from time to time: this is where the late one begins.
            const open = [...whole.all()];
            whole.take('BTC', 2 * index + 1, { ...head, kind: 'open', open });
            late.take('BTC', 2 * index + 1, { ...head, kind: 'open', open });
          }
          const message = events([event, id, index + 1]);
          whole.take('BTC', 2 * index + 2, message);
          if (index >= at) late.take('BTC', 2 * index + 2, message);
        });
        const ids = (fold: OpportunityFold): string[] => [...fold.all()].map(({ id }) => id).sort();
        if (at < steps.length) expect(ids(late)).toEqual(ids(whole));
      }),
    );
  });
});
