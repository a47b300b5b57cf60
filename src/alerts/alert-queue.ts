import { setTimeout as delay } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { defer, exhaustMap, type Observable, retry, Subject, timer } from 'rxjs';
import { SETTINGS, type Settings } from '../platform/config/index.js';
import { DatabaseError } from '../platform/prisma/index.js';
import { AlertTally, textOf } from './alert-tally.js';
import type { Alert } from './alert.js';
import { Deliverer } from './delivery/deliverer.js';
import { type NewRow, OutboxRepository } from './outbox.repository.js';

/** Rows of one statement. */
const BATCH = 200;
/** Waits between two attempts while the database is away, doubling up to the second. */
const FIRST_RETRY_MS = 250;
const MAX_RETRY_MS = 5_000;

/** Makes a row of each alert for each of its targets, before anybody is told; in memory while the database is away. */
@Injectable()
export class AlertQueue {
  /** At most `alerts.queueSize`, oldest first. */
  private readonly rows: NewRow[] = [];
  private readonly pushed$ = new Subject<void>();
  private isFull = false;
  private isAway = false;

  constructor(
    private readonly outbox: OutboxRepository,
    private readonly deliverer: Deliverer,
    private readonly tally: AlertTally,
    @Inject(SETTINGS) private readonly settings: Pick<Settings, 'alerts'>,
  ) {}

  /** How many wait for the database. */
  get length(): number {
    return this.rows.length;
  }

  /** Takes an alert, or counts it as lost where there is no room. */
  push(alert: Alert): void {
    for (const target of alert.targets) {
      if (this.rows.length >= this.settings.alerts.queueSize) {
        this.lose();
        continue;
      }
      const { rule, kind, severity, topic, oncePerMs, text, fields, atMs, dueAtMs } = alert;
      const id = globalThis.crypto.randomUUID();
      this.rows.push({ id, target, rule, kind, severity, topic, oncePerMs, text, fields, atMs, dueAtMs });
    }
  }

  /** Has what waits stored soon. */
  nudge(): void {
    if (this.rows.length > 0) this.pushed$.next();
  }

  /** Stores what waits whenever it is nudged, for as long as somebody listens. */
  storing(): Observable<void> {
    const store$ = defer(() => this.store()).pipe(retry({ delay: (error, attempt) => this.pause(error, attempt) }));
    return this.pushed$.pipe(exhaustMap(() => store$));
  }

  /** Stores what is left; what cannot be stored in time is told. */
  async finish(withinMs: number): Promise<void> {
    await Promise.race([
      this.store().catch(() => undefined), // What is left then is told below.
      delay(withinMs, undefined, { ref: false }),
    ]);
    if (this.rows.length > 0) {
      this.tally.log.error('alerts were not stored before the end', { lost: this.rows.length });
    }
  }

  private lose(): void {
    this.tally.drop('queue_full');
    if (!this.isFull) this.tally.log.error('alerts are lost: the database is away and the queue is full');
    this.isFull = true;
  }

  private pause(error: unknown, attempt: number): Observable<unknown> {
    if (!this.isAway) this.tally.log.warn('alerts wait in memory: the database takes none', { reason: textOf(error) });
    this.isAway = true;
    return timer(Math.min(FIRST_RETRY_MS * 2 ** Math.min(attempt - 1, 10), MAX_RETRY_MS));
  }

  private async store(): Promise<void> {
    while (this.rows.length > 0) {
      const batch = this.rows.slice(0, BATCH);
      await this.insert(batch);
      this.rows.splice(0, batch.length);
      if (this.isAway) this.tally.log.info('alerts are stored again');
      this.isAway = false;
      this.isFull = false;
      this.deliverer.wake();
    }
  }

  private async insert(batch: readonly NewRow[]): Promise<void> {
    try {
      const { duplicates, full } = await this.outbox.insert(batch);
      this.tally.drop('duplicate', duplicates);
      this.tally.drop('outbox_full', full);
      if (full > 0) this.tally.log.error('alerts are lost: too many wait for a target already', { lost: full });
    } catch (error) {
      if (!(error instanceof DatabaseError) || error.isRetryable) throw error;
      await this.insertEach(batch, error);
    }
  }

  /** One row that the database refuses must not keep the others back for ever. */
  private async insertEach(batch: readonly NewRow[], error: DatabaseError): Promise<void> {
    const [only] = batch;
    if (batch.length > 1) {
      for (const row of batch) await this.insert([row]);
    } else if (only) {
      this.tally.drop('refused');
      const fields = { rule: only.rule, reason: textOf(error) };
      this.tally.log.error('an alert is lost: the database refuses it', fields);
    }
  }
}
