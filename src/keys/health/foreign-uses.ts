import { Inject, Injectable, Optional } from '@nestjs/common';
import { type KeyFacts, MarketSource } from '../../exchanges/index.js';
import { Clock } from '../../platform/clock/index.js';
import { SETTINGS, type Settings } from '../../platform/config/index.js';
import type { StoredKey } from '../stored-key.js';
import { UsageLog } from '../usage/usage-log.js';
import { acceptedBefore } from './baseline.js';
import type { ForeignUse } from './circumstances.js';
import { deedsOnAccount, timeText, usesOfKey } from './use-findings.js';

/** A use that an exchange tells is ours when we called so near to it, milliseconds: clocks differ, calls take time. */
const TOLERANCE_MS = 10_000;
/** Exchanges cut the fraction of a second off. */
const RESOLUTION_MS = 1_000;
const DAY_MS = 86_400_000;

/** Compares the uses of a key that its exchange tells with our own calls. */
@Injectable()
export class ForeignUses {
  constructor(
    private readonly usage: UsageLog,
    private readonly clock: Clock,
    @Inject(SETTINGS) private readonly settings: Pick<Settings, 'keys'>,
    @Optional() @Inject(MarketSource) private readonly market?: Pick<MarketSource, 'statuses'>,
  ) {}

  /**
   * What an exchange tells of uses that were not ours, and that the owner has not accepted.
   *
   * @param facts - What it told just now.
   * @param workedAtMs - Our own last call that was no check; null where none was seen.
   * @throws {DatabaseError} When the usage log cannot be read.
   */
  async of(
    key: Pick<StoredKey, 'id' | 'exchange' | 'check'>,
    facts: KeyFacts,
    workedAtMs: number | null,
  ): Promise<readonly ForeignUse[]> {
    const accepted = acceptedBefore(key.check);
    if (accepted === null) return [];
    const deeds = this.settings.keys.accountsAreIdle ? deedsOnAccount(facts, accepted) : [];
    const own =
      workedAtMs === null ? 'we signed nothing but checks with it' : `our last call was at ${timeText(workedAtMs)}`;
    const calls: ForeignUse[] = [];
    for (const { atMs, seen } of usesOfKey(facts, accepted)) {
      if (await this.isOurs(key.id, this.ownTime(key.exchange, atMs))) continue;
      const used = `the key was used at ${timeText(atMs)}, and we did not call within ${TOLERANCE_MS / 1_000} s of it`;
      calls.push({ atMs, seen: `${seen}: ${used}; ${own}` });
    }
    return [...calls, ...deeds];
  }

  private async isOurs(keyId: string, atMs: number): Promise<boolean> {
    const keptSinceMs = this.clock.nowMs() - this.settings.keys.usageRetentionDays * DAY_MS;
    // Our calls of that time are deleted: it cannot be told any more whose use it was.
    if (atMs - TOLERANCE_MS < keptSinceMs) return true;
    return this.usage.isUsedBetween(keyId, atMs - TOLERANCE_MS, atMs + RESOLUTION_MS + TOLERANCE_MS);
  }

  /** A time of an exchange's clock by ours; the offset is our clock less theirs. */
  private ownTime(exchange: string, theirMs: number): number {
    const status = this.market?.statuses().find(({ id }) => id === exchange);
    return theirMs + (status?.clockOffsetMs ?? 0);
  }
}
