import { Inject, Injectable } from '@nestjs/common';
import type { SpreadCandle } from '../core/spread-history/spread-candle.js';
import { Clock } from '../platform/clock/index.js';
import { SETTINGS } from '../platform/config/index.js';
import { Log } from '../platform/logging/index.js';
import { BatchWriter, type WriterSettings } from './batch-writer.js';
import { CandleRoller } from './candle-roller.js';
import { SpreadRepository } from './spread.repository.js';

const keyOf = ({ startMs, routeId }: SpreadCandle): string => `${startMs} ${routeId}`;

/** Stores the spreads of each second. */
@Injectable()
export class SpreadWriter extends BatchWriter<SpreadCandle> {
  constructor(
    repository: SpreadRepository,
    roller: CandleRoller,
    clock: Clock,
    @Inject(SETTINGS) settings: WriterSettings,
    log: Log,
  ) {
    const parts = {
      kind: 'spreads',
      keyOf,
      merge: (_: SpreadCandle, second: SpreadCandle) => second,
      save: async (batch: readonly SpreadCandle[]) => {
        try {
          await repository.save(batch);
        } finally {
          // Of a batch that failed a part may be in the table all the same.
          for (const { startMs } of batch) roller.note(startMs);
        }
      },
      describe: keyOf,
    };
    super(parts, clock, settings, log);
  }

  /** Takes the candles of a second that is over. */
  take(candles: readonly SpreadCandle[]): void {
    for (const candle of candles) this.push(candle, true);
  }
}
