import { Injectable } from '@nestjs/common';
import type { KeyFacts } from '../../exchanges/index.js';
import { AuditReader, type AuditView } from '../audit/audit-reader.js';
import type { StoredKey } from '../stored-key.js';
import { BASELINE_HOURS, HOUR_MS, startOfHour, type UsageHour, usageHours } from '../usage/usage-hours.js';
import { SignedCallsRepository } from '../usage/signed-calls.repository.js';
import { type UsageCall, UsageReader } from '../usage/usage-reader.js';

/** Calls and lines of the audit that a timeline shows. */
const MOST = 100;

/** What a key was used for and what was done to it, to be laid beside the exchange's own log. */
export interface Timeline {
  /** Our last signed calls, newest first; all there are stand under `GET /v1/keys/{id}/usage`. */
  readonly calls: readonly UsageCall[];
  /** Hours of the last seven days with a call. */
  readonly hours: readonly UsageHour[];
  /** What was done to the key here, newest first. */
  readonly audit: readonly AuditView[];
  /** What the exchange told last. */
  readonly facts: KeyFacts | null;
  readonly lastCheckedAtMs: number | null;
}

/** Puts together what is known of a key's past. */
@Injectable()
export class KeyTimeline {
  constructor(
    private readonly usage: UsageReader,
    private readonly signedCalls: SignedCallsRepository,
    private readonly audit: AuditReader,
  ) {}

  async of({ id, check }: StoredKey, nowMs: number): Promise<Timeline> {
    const from = startOfHour(nowMs) - BASELINE_HOURS * HOUR_MS;
    const { data: calls } = await this.usage.page(id, { limit: String(MOST) });
    const hours = usageHours(await this.signedCalls.hours(id, from, nowMs), from, nowMs, null);
    return {
      calls,
      hours: hours.filter((hour) => hour.calls > 0),
      audit: await this.audit.ofKey(id, MOST),
      facts: check?.facts ?? null,
      lastCheckedAtMs: check?.checkedAtMs ?? null,
    };
  }
}
