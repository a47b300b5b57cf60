import { Injectable } from '@nestjs/common';
import type { KeyProbeFailureCode } from '../../exchanges/index.js';
import { Log } from '../../platform/logging/index.js';
import { CheckLeases } from './check-leases.repository.js';
import { CheckSchedule, type RunCheck, type ScheduledKey } from './check-schedule.js';

/** Share of the time to the next check for which a key is kept from being checked by another service. */
const LEASED = 0.95;

/** Says when each key is checked, and by which of several services on one database. */
@Injectable()
export class CheckTurns {
  constructor(
    private readonly schedule: CheckSchedule,
    private readonly leases: CheckLeases,
    private readonly log: Log,
  ) {}

  private isStopping = false;

  /** Begins to run checks; those already due run now. */
  start(run: RunCheck): void {
    this.schedule.start(run);
  }

  /** Runs no more checks, and gives back the turns that are held. */
  async stop(): Promise<void> {
    this.isStopping = true;
    this.schedule.stop();
    await this.release();
  }

  private async release(): Promise<void> {
    try {
      await this.leases.release();
    } catch (error) {
      const reason = (error as Error).message;
      this.log.warn('keys stay reserved for a while: the next service checks them later', { reason });
    }
  }

  /** Plans a key's first check for now. */
  add(key: ScheduledKey): void {
    this.schedule.add(key);
  }

  forget(id: string): void {
    this.schedule.forget(id);
  }

  /** Checks a key soon, whoever checked it before, unless that was done a short time ago. */
  outOfTurn(id: string): void {
    this.schedule.outOfTurn(id);
  }

  /** Takes the turn to check a key; false when another service has it, and then it is tried again after that. */
  async take(key: ScheduledKey): Promise<boolean> {
    const claim = await this.leases.claim(key.id);
    if (!claim.isOurs) this.schedule.postpone(key, claim.freeInMs);
    return claim.isOurs;
  }

  /** Plans the next check after one that ended with an outcome, and keeps it for this service until shortly before. */
  async ended(key: ScheduledKey, outcome: 'ok' | KeyProbeFailureCode): Promise<void> {
    const nextInMs = this.schedule.after(key, outcome);
    try {
      if (!this.isStopping) await this.leases.keep(key.id, LEASED * nextInMs);
    } catch (error) {
      const reason = (error as Error).message;
      this.log.warn('a key could not be reserved: another service may check it too', { keyId: key.id, reason });
    }
    // A stop that came meanwhile did not see what was reserved just now.
    if (this.isStopping) await this.release();
  }
}
