import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { z } from 'zod';
import type { Subscription } from 'rxjs';
import { Clock } from '../../platform/clock/index.js';
import { SETTINGS, type Settings } from '../../platform/config/index.js';
import { type ListEnvelope, parseQuery } from '../../platform/http/index.js';
import { Log } from '../../platform/logging/index.js';
import { cursorOf, PAGE_PARAMETERS, pageOf, positionOf } from '../newest-first.js';
import { KeyChecksRepository, type PastCheck } from './key-checks.repository.js';
import { type CheckedKey, KeyHealthService } from './key-health.service.js';

const DAY_MS = 86_400_000;
/** Between two deletions of old checks, milliseconds. */
const RETENTION_INTERVAL_MS = DAY_MS / 4;

const pageQuery = z.strictObject(PAGE_PARAMETERS);

/** What each check of a key found: kept for a set time, so that a change can be traced to its day. */
@Injectable()
export class CheckHistory implements OnApplicationBootstrap, OnModuleDestroy {
  private retention: NodeJS.Timeout | null = null;
  private following: Subscription | null = null;

  constructor(
    private readonly health: KeyHealthService,
    private readonly checks: KeyChecksRepository,
    private readonly clock: Clock,
    private readonly log: Log,
    @Inject(SETTINGS) private readonly settings: { readonly keys: Pick<Settings['keys'], 'usageRetentionDays'> },
  ) {}

  onApplicationBootstrap(): void {
    const error = (reason: unknown): void => {
      throw reason; // The checks never fail; a fault in here must not pass in silence.
    };
    const next = (checked: CheckedKey): void => {
      void this.keep(checked);
    };
    this.following = this.health.checked$.subscribe({ next, error });
    void this.deleteOld();
    this.retention ??= setInterval(() => void this.deleteOld(), RETENTION_INTERVAL_MS).unref();
  }

  onModuleDestroy(): void {
    this.following?.unsubscribe();
    if (this.retention) clearInterval(this.retention);
  }

  /**
   * Reads one page; its order is stable under new checks.
   *
   * @throws {ProblemError} 400 when the query is bad.
   */
  async page(keyId: string, query: unknown): Promise<ListEnvelope<PastCheck>> {
    const { limit, cursor } = parseQuery(pageQuery, query);
    const rows = await this.checks.list(keyId, limit + 1, positionOf(cursor));
    return pageOf(rows, limit, ({ check }) => check, cursorOf);
  }

  private async keep({ key, outcome, rawCode }: CheckedKey): Promise<void> {
    if (!key.check) return;
    const { health, findings, facts } = key.check;
    const codes = findings.map(({ code }) => code);
    // After a refusal a verdict keeps the facts of an earlier check: those are in the history already.
    const told = outcome === 'ok' ? facts : null;
    const check = { atMs: this.clock.nowMs(), outcome, rawCode, health, findings: codes, facts: told };
    try {
      await this.checks.insert(key.id, check);
    } catch (error) {
      this.log.warn('a check of a key is missing in its history', { keyId: key.id, reason: (error as Error).message });
    }
  }

  private async deleteOld(): Promise<void> {
    const beforeMs = this.clock.nowMs() - this.settings.keys.usageRetentionDays * DAY_MS;
    try {
      await this.checks.deleteBefore(beforeMs);
    } catch (error) {
      this.log.warn('old checks of keys could not be deleted', { reason: (error as Error).message });
    }
  }
}
