import type { Opportunity, OpportunityEvent } from '../../core/opportunity/opportunity.js';
import { withoutDetails } from '../../core/opportunity/without-details.js';
import type { OpportunityMessage } from '../messages.js';

/** Places between two messages of the stream: more than a message holds events, or closes opportunities. */
const PLACES = 65_536;

/** Something that happened, with its place in the log that all readers share. */
export interface PlacedEvent {
  readonly event: OpportunityEvent;
  /** The same for every reader, growing; not every number is taken. */
  readonly position: number;
}

/**
 * What is open, read from the messages of all detectors in the order of the stream; equal messages make equal events at
 * equal positions, so that a client may go from one reader to another.
 *
 * Bounded by what is open.
 */
export class OpportunityFold {
  private readonly byAsset = new Map<string, Map<string, Opportunity>>();

  /** Everything that is open, with its newest figures and the books of its opening where they were told. */
  *all(): Generator<Opportunity> {
    for (const open of this.byAsset.values()) yield* open.values();
  }

  /** One that is open. */
  find(id: string): Opportunity | undefined {
    for (const open of this.byAsset.values()) {
      const found = open.get(id);
      if (found) return found;
    }
    return undefined;
  }

  /**
   * Takes the next message.
   *
   * @param asset - Of its subject.
   * @param sequence - Its place in the stream.
   * @param message - The message.
   * @returns What happened by it.
   */
  take(asset: string, sequence: number, message: OpportunityMessage): PlacedEvent[] {
    const events = this.eventsOf(asset, message);
    return events.map((event, index) => ({ event, position: sequence * PLACES + index }));
  }

  private eventsOf(asset: string, message: OpportunityMessage): readonly OpportunityEvent[] {
    const open = this.open(asset);
    switch (message.kind) {
      case 'claim': {
        const left = [...open.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
        open.clear();
        return left.map((one) => leftOpen(one, message.atMs));
      }
      case 'open':
        return message.open.flatMap((one) => {
          const known = open.get(one.id);
          if (known && known.revision >= one.revision) return [];
          open.set(one.id, withDetails(one, known));
          return [{ v: 1, event: 'updated', opportunity: one } as const];
        });
      case 'events':
        for (const { event, opportunity } of message.events) {
          if (event === 'closed') open.delete(opportunity.id);
          else open.set(opportunity.id, withDetails(opportunity, open.get(opportunity.id)));
        }
        return message.events;
    }
  }

  private open(asset: string): Map<string, Opportunity> {
    let open = this.byAsset.get(asset);
    if (!open) this.byAsset.set(asset, (open = new Map<string, Opportunity>()));
    return open;
  }
}

// Only `opened` carries the books and what the gates measured.
function withDetails(newer: Opportunity, known: Opportunity | undefined): Opportunity {
  const books = newer.books ?? known?.books;
  const gates = newer.gates ?? known?.gates;
  return { ...newer, ...(books ? { books } : {}), ...(gates ? { gates } : {}) };
}

/** Its detector is gone: until it last spoke the opportunity is known to have paid. Told without details, as `closed` is. */
function leftOpen(one: Opportunity, atMs: number): OpportunityEvent {
  const opportunity: Opportunity = {
    ...withoutDetails(one),
    state: 'closed',
    revision: one.revision + 1,
    closedAtMs: one.updatedAtMs,
    updatedAtMs: Math.max(atMs, one.updatedAtMs),
    closeReason: 'shutdown',
  };
  return { v: 1, event: 'closed', opportunity };
}
