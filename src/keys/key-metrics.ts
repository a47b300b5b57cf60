import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { Subscription } from 'rxjs';
import { counter, gauge, MetricSource, type SetMetric, Tally } from '../platform/metrics/index.js';
import { KeyHealthService } from './health/key-health.service.js';
import type { KeyView } from './key-health.js';
import { KeyRegistry } from './key-registry.js';
import { UsageLog } from './usage/usage-log.js';

const KEYS = gauge('crossbook_keys', 'Stored keys by their health', 'exchange', 'health');
const FINDINGS = gauge(
  'crossbook_key_findings',
  'Findings on stored keys by severity; of disabled and compromised ones none',
  'exchange',
  'severity',
);
const CHECKED = gauge(
  'crossbook_key_last_checked_timestamp_seconds',
  'When the exchange last told something of a key; absent where it never did, and of keys that are disabled',
  'exchange',
  'key_id',
);
const EXPIRES = gauge(
  'crossbook_key_expires_timestamp_seconds',
  'When a key expires; absent where it does not, or the exchange does not tell',
  'exchange',
  'key_id',
);
const CHECKS = counter('crossbook_key_checks_total', 'Finished checks of keys', 'exchange', 'outcome');
const CALLS = counter('crossbook_signed_calls_total', 'Calls that were signed', 'exchange', 'outcome');
const USAGE_WAITING = gauge('crossbook_key_usage_waiting_rows', 'Signed calls that wait to be stored in the usage log');
const USAGE_LOST = counter('crossbook_key_usage_lost_rows_total', 'Signed calls that the usage log had no room for');

const SEVERITIES = ['info', 'warning', 'critical'] as const;

/**
 * Tells of the stored keys: their own ids, which we gave them, and nothing else that names one. `key_id` is bounded by
 * the keys that may be stored, 200.
 */
@Injectable()
export class KeyMetrics extends MetricSource implements OnModuleInit, OnModuleDestroy {
  override readonly families = [KEYS, FINDINGS, CHECKED, EXPIRES, CHECKS, CALLS, USAGE_WAITING, USAGE_LOST];
  private readonly checks = new Tally(CHECKS);
  private readonly calls = new Tally(CALLS);
  private readonly following = new Subscription();

  constructor(
    private readonly registry: KeyRegistry,
    private readonly health: KeyHealthService,
    private readonly usage: UsageLog,
  ) {
    super();
  }

  /** Counts from before the first check. */
  onModuleInit(): void {
    const error = (reason: unknown): void => {
      throw reason; // These streams never fail; a fault of ours must not pass in silence.
    };
    this.following.add(
      this.health.checked$.subscribe({
        next: ({ key: { exchange }, outcome }) => {
          this.checks.add({ exchange, outcome });
        },
        error,
      }),
    );
    this.following.add(
      this.usage.calls$.subscribe({
        next: ({ exchange, outcome }) => {
          this.calls.add({ exchange, outcome });
        },
        error,
      }),
    );
  }

  onModuleDestroy(): void {
    this.following.unsubscribe();
  }

  override collect(set: SetMetric): void {
    for (const key of this.registry.snapshot()) tellKey(key, set);
    this.checks.tell(set);
    this.calls.tell(set);
    set(USAGE_WAITING, this.usage.waiting, {});
    set(USAGE_LOST, this.usage.lost, {});
  }
}

function tellKey(key: KeyView, set: SetMetric): void {
  const { id, exchange, state, health, findings, lastCheckedAtMs, expiresAtMs } = key;
  set(KEYS, 1, { exchange, health });
  // A key that signs nothing and is checked no more would say for ever what was found last.
  if (state === 'disabled' || state === 'compromised') return;
  for (const severity of SEVERITIES) {
    set(FINDINGS, findings.filter((finding) => finding.severity === severity).length, { exchange, severity });
  }
  if (lastCheckedAtMs !== null) set(CHECKED, lastCheckedAtMs / 1_000, { exchange, key_id: id });
  if (expiresAtMs !== null) set(EXPIRES, expiresAtMs / 1_000, { exchange, key_id: id });
}
