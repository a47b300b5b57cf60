import { Inject, Injectable } from '@nestjs/common';
import type { Opportunity } from '../core/opportunity/opportunity.js';
import { Clock } from '../platform/clock/index.js';
import { SETTINGS } from '../platform/config/index.js';
import { Log } from '../platform/logging/index.js';
import { BatchWriter, type WriterSettings } from './batch-writer.js';
import { OpportunityRepository } from './opportunity.repository.js';

/**
 * Joins two states of one opportunity: the newer figures, with what only its opening told.
 *
 * @param first - One state.
 * @param second - Another.
 * @returns The state of the later revision, with the books and measures that only the other carries.
 */
export function mergeStates(first: Opportunity, second: Opportunity): Opportunity {
  const [newer, older] = second.revision >= first.revision ? [second, first] : [first, second];
  const books = newer.books && older.books ? { ...older.books, ...newer.books } : (newer.books ?? older.books);
  const gates = newer.gates ?? older.gates;
  return { ...newer, ...(books ? { books } : {}), ...(gates ? { gates } : {}) };
}

/** Stores the newest state of each opportunity. */
@Injectable()
export class OpportunityWriter extends BatchWriter<Opportunity> {
  constructor(repository: OpportunityRepository, clock: Clock, @Inject(SETTINGS) settings: WriterSettings, log: Log) {
    const parts = {
      kind: 'opportunities',
      keyOf: (one: Opportunity) => one.id,
      merge: mergeStates,
      save: (batch: readonly Opportunity[]) => repository.save(batch),
      describe: (one: Opportunity) => one.id,
    };
    super(parts, clock, settings, log);
  }
}
