import type { Secret } from '../../exchanges/index.js';
import { type TargetSecrets, VaultError } from '../../keys/index.js';
import type { Clock } from '../../platform/clock/index.js';
import { type AlertTarget, commandText, type Settings } from '../../platform/config/index.js';
import type { AlertTally } from '../alert-tally.js';
import type { Message, StoredAlert } from '../alert.js';
import { type OutboxRepository, WINDOW_MS } from '../outbox.repository.js';
import { later, type Outcome, type Sender } from '../targets/sender.js';
import { senderFor } from '../targets/senders.js';
import { retryAfter } from './back-off.js';

/** How often it is looked whether anything is due, where nothing tells so. */
const LOOK_MS = 1_000;
/** After the time for an attempt and this, one of which nobody said how it ended is taken for not sent. */
const CLAIM_SLACK_MS = 2_000;

/** What a line needs of its surroundings. */
export interface LineSurroundings {
  readonly outbox: OutboxRepository;
  readonly secrets: TargetSecrets;
  readonly tally: AlertTally;
  readonly clock: Clock;
  readonly settings: Settings['alerts'];
  /** From 0 up to 1. */
  readonly random: () => number;
}

/** How a target is doing. */
export interface LineState {
  /** Alerts that wait for it. */
  readonly waiting: number;
  /** It is left alone until then, epoch ms; null where it is not. */
  readonly pausedUntilMs: number | null;
  /** Why the last attempt failed; null where it did not. */
  readonly lastError: string | null;
}

/** Tells one target what waits for it, one thing after the other, no faster than it may be told. */
export class TargetLine {
  readonly sender: Sender;
  private waiting = 0;
  private pausedUntilMs = 0;
  private failures = 0;
  private lastError: string | null = null;
  /** When it was called in the last minute, oldest first; at most `perMinute` and tests. */
  private calledMs: number[] = [];
  /** What happened with the last alert, while the database does not know it. */
  private unsettled: (() => Promise<void>) | null = null;

  constructor(
    readonly target: AlertTarget,
    private readonly around: LineSurroundings,
  ) {
    this.sender = senderFor(target);
    for (const tally of [around.tally.delivered, around.tally.failed, around.tally.dead, around.tally.summed]) {
      tally.add({ target: target.name }, 0);
    }
  }

  get state(): LineState {
    const { waiting, lastError } = this;
    const isPaused = this.pausedUntilMs > this.around.clock.nowMs();
    return { waiting, lastError, pausedUntilMs: isPaused ? this.pausedUntilMs : null };
  }

  /**
   * Sends at most one alert.
   *
   * @returns How long nothing is to be done, milliseconds.
   * @throws {DatabaseError} While the database is away; what was sent is settled at the next call.
   */
  async round(): Promise<number> {
    await this.settle();
    const { outbox, settings, tally } = this.around;
    const nowMs = this.nowMs();
    if (nowMs < this.pausedUntilMs) return this.pausedUntilMs - nowMs;
    const { name: target, perMinute } = this.target;
    const opened = await this.openSecret();
    if (!('secret' in opened)) return this.waitForSecret(opened.reason);
    const untilMs = nowMs + settings.timeoutMs + CLAIM_SLACK_MS;
    this.calledMs = this.calledMs.filter((ms) => ms > nowMs - WINDOW_MS);
    const claim = await outbox.claim({ target, nowMs, untilMs, perMinute, calledMs: this.calledMs });
    this.waiting = claim.waiting;
    tally.summed.add({ target }, claim.summed);
    if (!claim.alert) return claim.nextMs === null ? LOOK_MS : Math.max(0, claim.nextMs - nowMs);
    const outcome = await this.send(claim.alert, opened.secret);
    this.unsettled = this.settlement(claim.alert, outcome);
    await this.settle();
    return 0;
  }

  /** Tells the target something now, whatever waits. */
  async tell(message: Message): Promise<Outcome> {
    const opened = await this.openSecret();
    return 'secret' in opened ? this.send(message, opened.secret) : later(opened.reason);
  }

  /** Tries again at once: what was in the way may be gone. */
  async resume(): Promise<void> {
    this.pausedUntilMs = 0;
    this.failures = 0;
    await this.around.outbox.hurry(this.target.name, this.nowMs());
  }

  /** What is missing on our side is no attempt: nothing becomes a dead letter for it. */
  private async waitForSecret(reason: string): Promise<number> {
    this.waiting = await this.around.outbox.waiting(this.target.name);
    if (this.waiting > 0) this.complain(reason);
    return LOOK_MS;
  }

  private async openSecret(): Promise<{ readonly secret: Secret | null } | { readonly reason: string }> {
    const { name } = this.target;
    if (this.sender.secretIs === null) return { secret: null };
    try {
      const secret = await this.around.secrets.open(name);
      return secret ? { secret } : { reason: `no secret is stored: ${commandText(`alerts secret set ${name}`)}` };
    } catch (error) {
      if (error instanceof VaultError) return { reason: `its secret cannot be opened (${error.code})` };
      throw error;
    }
  }

  private async send(message: Message, secret: Secret | null): Promise<Outcome> {
    const nowMs = this.nowMs();
    this.calledMs.push(nowMs);
    try {
      const { timeoutMs } = this.around.settings;
      return withoutSecret(await this.sender.send(message, secret, { nowMs, timeoutMs }), secret);
    } catch (error) {
      // Of what is not foreseen only the kind is told: its text may hold an address, and that a secret.
      const { name, code } = error as { name?: string; code?: string };
      return later(`it could not be tried (${[name, code].filter((part) => part !== undefined).join(' ')})`);
    }
  }

  private nowMs(): number {
    return Math.floor(this.around.clock.nowMs());
  }

  private async settle(): Promise<void> {
    if (!this.unsettled) return;
    await this.unsettled();
    this.unsettled = null;
  }

  /** Decides what becomes of an alert, once; what it gives only writes that down and may be called again. */
  private settlement(alert: StoredAlert, outcome: Outcome): () => Promise<void> {
    const { outbox, settings, tally, random } = this.around;
    const labels = { target: this.target.name };
    const nowMs = this.nowMs();
    if (outcome.isTaken) {
      this.recovered();
      tally.delivered.add(labels);
      return () => outbox.markDelivered(alert.id, nowMs);
    }
    const { reason, isRetryable, retryAfterMs } = outcome;
    tally.failed.add(labels);
    this.complain(reason);
    if (isRetryable) {
      this.failures += 1;
      this.pausedUntilMs = nowMs + retryAfter(settings, this.failures, random(), retryAfterMs);
    }
    if (!isRetryable || alert.attempts >= settings.maxAttempts) {
      tally.dead.add(labels);
      const fields = { ...labels, alertId: alert.id, attempts: alert.attempts, reason };
      this.around.tally.log.error('an alert is a dead letter: "alerts resend" sends it again', fields);
      return () => outbox.markDead(alert.id, reason);
    }
    const dueAtMs = nowMs + retryAfter(settings, alert.attempts, random(), retryAfterMs);
    return () => outbox.markFailed(alert.id, reason, dueAtMs);
  }

  private recovered(): void {
    if (this.lastError !== null)
      this.around.tally.log.info('a target takes alerts again', { target: this.target.name });
    this.failures = 0;
    this.lastError = null;
  }

  private complain(reason: string): void {
    if (this.lastError === null) {
      this.around.tally.log.warn('a target does not take alerts', { target: this.target.name, reason });
    }
    this.lastError = reason;
  }
}

/** A target may repeat what it was sent. */
function withoutSecret(outcome: Outcome, secret: Secret | null): Outcome {
  if (outcome.isTaken || secret === null) return outcome;
  const text = secret.reveal();
  const parts = [text, encodeURIComponent(text), ...(URL.canParse(text) ? [new URL(text).pathname] : [])];
  const reason = parts.reduce((said, part) => said.replaceAll(part, '[redacted]'), outcome.reason);
  return { ...outcome, reason };
}
