import { Inject, Injectable } from '@nestjs/common';
import { SETTINGS, type Settings } from '../platform/config/index.js';
import { candleTable } from './candle-widths.js';
import { PartitionRepository } from './partition.repository.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** How many days of each went. */
export interface Dropped {
  readonly seconds: number;
  readonly minutes: number;
  readonly refusals: number;
}

/** Drops what is older than the settings say, a whole day (UTC) at a time, once all of it is over and nobody reads it for long. */
@Injectable()
export class Retention {
  constructor(
    private readonly partitions: PartitionRepository,
    @Inject(SETTINGS) private readonly settings: Pick<Settings, 'history'>,
  ) {}

  /**
   * Drops days whose time is over.
   *
   * @param nowMs - Our clock.
   * @returns How many days went.
   * @throws {DatabaseError} When the database is away.
   */
  async apply(nowMs: number): Promise<Dropped> {
    const { secondCandlesHours, minuteCandlesDays, refusalsDays } = this.settings.history.retention;
    return {
      seconds: await this.partitions.drop(candleTable('1s'), nowMs - secondCandlesHours * HOUR_MS),
      minutes: await this.partitions.drop(candleTable('1m'), nowMs - minuteCandlesDays * DAY_MS),
      refusals: await this.partitions.drop('refusal_minutes', nowMs - refusalsDays * DAY_MS),
    };
  }
}
