import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Subscription } from 'rxjs';
import { Clock } from '../../platform/clock/index.js';
import { KeyRegistry } from '../key-registry.js';
import { isChecked, type StoredKey } from '../stored-key.js';
import { nextChangeMs } from './age-findings.js';
import { CircumstancesReader } from './circumstances-reader.js';
import { rejudgeKey } from './judge-key.js';
import { KeyVerdicts } from './key-verdicts.js';

/** Longest sleep, milliseconds: the wall clock may be corrected meanwhile. */
const MAX_SLEEP_MS = 3_600_000;

/** Judges keys anew when time alone changes their verdict, at that very time: no exchange is asked. */
@Injectable()
export class TimedVerdicts implements OnApplicationBootstrap, OnModuleDestroy {
  private timer: NodeJS.Timeout | null = null;
  private changes: Subscription | null = null;

  constructor(
    private readonly registry: KeyRegistry,
    private readonly verdicts: KeyVerdicts,
    private readonly circumstances: CircumstancesReader,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    const error = (reason: unknown): void => {
      throw reason; // The registry never fails; a fault in here must not pass in silence.
    };
    const next = (): void => {
      this.plan();
    };
    this.changes = this.registry.changes$.subscribe({ next, error });
    this.plan();
  }

  onModuleDestroy(): void {
    this.changes?.unsubscribe();
    if (this.timer) clearTimeout(this.timer);
  }

  private plan(): void {
    if (this.timer) clearTimeout(this.timer);
    const earliestMs = Math.min(
      ...this.registry
        .all()
        .filter(isChecked)
        .map((key) => this.dueMs(key)),
    );
    if (earliestMs === Infinity) return;
    const sleepMs = Math.min(MAX_SLEEP_MS, Math.max(0, earliestMs - this.clock.nowMs()));
    this.timer = setTimeout(() => {
      this.judge();
      this.plan();
    }, sleepMs).unref();
  }

  private dueMs(key: StoredKey): number {
    return key.check === null ? Infinity : nextChangeMs(key.check, this.circumstances.now(key));
  }

  private judge(): void {
    for (const key of this.registry.all().filter(isChecked)) {
      const check = rejudgeKey(this.circumstances.now(key));
      if (!check || JSON.stringify(check.findings) === JSON.stringify(key.check?.findings)) continue;
      this.verdicts.take(key.id, check).catch((error: unknown) => {
        this.verdicts.couldNotStore(key.id, error);
      });
    }
  }
}
