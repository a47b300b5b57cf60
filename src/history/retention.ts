import { Inject, Injectable } from '@nestjs/common';
import { SETTINGS, type Settings } from '../platform/config/index.js';
import { candleStart } from './candle-widths.js';
import { RollupRepository } from './rollup.repository.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** Deletions of one table at a time; what is left goes the next time. */
const MAX_DELETIONS = 20;

/** How many rows went. */
export interface Deleted {
  readonly seconds: number;
  readonly minutes: number;
  readonly refusals: number;
}

/** Deletes what is older than the settings say, a bounded part at a time. */
@Injectable()
export class Retention {
  constructor(
    private readonly rollups: RollupRepository,
    @Inject(SETTINGS) private readonly settings: Pick<Settings, 'history'>,
  ) {}

  /**
   * Deletes rows whose time is over.
   *
   * @param nowMs - Our clock.
   * @param signal - Ends it between two deletions.
   * @returns How many rows went.
   * @throws {DatabaseError} When the database is away.
   */
  async apply(nowMs: number, signal?: AbortSignal): Promise<Deleted> {
    const { secondCandlesHours, minuteCandlesDays, refusalsDays } = this.settings.history.retention;
    // Cut where a wider candle begins: one that was made of part of its rows would be made again too small.
    const secondsMs = candleStart('1m', nowMs - secondCandlesHours * HOUR_MS);
    const minutesMs = candleStart('5m', nowMs - minuteCandlesDays * DAY_MS);
    return {
      seconds: await inParts(() => this.rollups.deleteCandles('1s', secondsMs), signal),
      minutes: await inParts(() => this.rollups.deleteCandles('1m', minutesMs), signal),
      refusals: await inParts(() => this.rollups.deleteRefusals(nowMs - refusalsDays * DAY_MS), signal),
    };
  }
}

async function inParts(deleteSome: () => Promise<number>, signal: AbortSignal | undefined): Promise<number> {
  let total = 0;
  for (let i = 0; i < MAX_DELETIONS && !signal?.aborted; i += 1) {
    const deleted = await deleteSome();
    total += deleted;
    if (!RollupRepository.isFull(deleted)) break;
  }
  return total;
}
