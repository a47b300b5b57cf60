import type { JetStreamClient } from '@nats-io/jetstream';
import type { Opportunity, OpportunityEvent } from '../../core/opportunity/opportunity.js';
import type { Log } from '../../platform/logging/index.js';
import { isConflict } from '../link/claims.js';
import { type OpportunityMessage, V } from '../messages.js';
import { subjects } from '../subjects.js';

/** Between two attempts while the broker does not answer, milliseconds. */
const RETRY_MS = 100;
/** Events of one message at most, and their bytes as JSON, so that a message stays below what brokers take by default. */
const MOST_EVENTS = 64;
const MOST_BYTES = 400_000;
/** Events that may wait for the broker: by far more than an asset tells within a lease, after which it is another's. */
const MOST_WAITING = 20_000;

/** The head of all messages of a lane. */
export interface LaneHead {
  readonly asset: string;
  readonly term: number;
  readonly epoch: string;
}

/**
 * Writes what is found of one asset into its subject, in order and each once: every message names the one before it, so that the
 * broker refuses whoever does not own the asset any more, whatever its clock and its connection made it believe.
 */
export class OpportunityLane {
  private readonly waiting: { readonly event: OpportunityEvent; readonly bytes: number }[] = [];
  private sending: Promise<void> | null = null;
  private sent = 0;
  private isClosed = false;

  /**
   * @param stream - Where to.
   * @param head - Whose.
   * @param lastSequence - Of the newest message of the subject: that of our claim.
   * @param lost - Told once, when another owns the asset.
   */
  constructor(
    private readonly stream: JetStreamClient,
    private readonly head: LaneHead,
    private lastSequence: number,
    private readonly lost: () => void,
    private readonly log: Log,
  ) {}

  /** Events that wait to be sent. */
  get length(): number {
    return this.waiting.length;
  }

  /** Sends an event after all before it. */
  push(event: OpportunityEvent): void {
    if (this.isClosed) return;
    if (this.waiting.length >= MOST_WAITING) {
      this.giveUp('more waits for the broker than may');
      return;
    }
    this.waiting.push({ event, bytes: JSON.stringify(event).length });
    this.send();
  }

  /** Tells what is open, for those who come late; it is told again in a while, so nothing waits for it. */
  async tellOpen(open: readonly Opportunity[]): Promise<void> {
    if (this.isClosed || this.sending) return;
    this.sending = this.publish({ ...this.envelope, kind: 'open', open });
    await this.sending;
    this.sending = null;
    if (this.waiting.length > 0) this.send();
  }

  /** Resolves when everything is sent; takes nothing more. */
  async finish(): Promise<void> {
    while (this.waiting.length > 0 || this.sending) {
      if (this.isClosed) break;
      await this.sending;
    }
    this.isClosed = true;
  }

  /** Drops what waits: another owns the asset, or may by now. */
  drop(): void {
    this.isClosed = true;
    this.waiting.length = 0;
  }

  private get envelope(): { v: number; term: number; epoch: string } {
    return { v: V, term: this.head.term, epoch: this.head.epoch };
  }

  private send(): void {
    if (this.sending) return;
    this.sending = this.run().finally(() => {
      this.sending = null;
    });
  }

  private async run(): Promise<void> {
    while (this.waiting.length > 0 && !this.isClosed) {
      const events = this.next();
      await this.publish({ ...this.envelope, kind: 'events', events });
    }
  }

  private next(): OpportunityEvent[] {
    let bytes = 0;
    let count = 0;
    for (const one of this.waiting) {
      bytes += one.bytes;
      if (count > 0 && (count === MOST_EVENTS || bytes > MOST_BYTES)) break;
      count += 1;
    }
    return this.waiting.splice(0, count).map(({ event }) => event);
  }

  // The same message with the same id until the broker has it: told twice, it is stored once.
  private async publish(message: OpportunityMessage): Promise<void> {
    const { asset, term } = this.head;
    this.sent += 1;
    const msgID = `${asset} ${term} ${this.sent}`;
    const payload = JSON.stringify(message);
    while (!this.isClosed) {
      const expect = { lastSubjectSequence: this.lastSequence };
      try {
        const { seq } = await this.stream.publish(subjects.opportunity(asset), payload, { msgID, expect });
        this.lastSequence = seq;
        return;
      } catch (error) {
        if (isConflict(error)) {
          this.giveUp('another detector owns the asset');
          return;
        }
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  }

  private giveUp(reason: string): void {
    if (this.isClosed) return;
    this.log.warn('an asset is not ours any more', { asset: this.head.asset, reason });
    this.drop();
    this.lost();
  }
}
