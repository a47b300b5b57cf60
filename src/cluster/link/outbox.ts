import type { Log } from '../../platform/logging/index.js';
import type { ClusterLink } from './cluster-link.js';

/** Between two attempts while the broker does not answer, milliseconds. */
const RETRY_MS = 250;
/** Messages that may wait for the broker: of a detector, those of about half an hour. The oldest go first. */
const MOST_WAITING = 2_000;
/** How long the end waits for the last to be sent, milliseconds. */
const FINISH_MS = 2_000;

interface Letter {
  readonly subject: string;
  readonly payload: string;
  readonly id: string;
}

/** Sends messages to JetStream in order, each once, and keeps them while the broker is away. */
export class Outbox {
  private readonly letters: Letter[] = [];
  private sending: Promise<void> | null = null;
  private count = 0;
  private isEnding = false;
  private isFull = false;
  /** Tells the messages of this run from those of another of the same name. */
  private readonly run = performance.timeOrigin.toString(36);

  constructor(
    private readonly link: ClusterLink,
    private readonly log: Log,
  ) {}

  push(subject: string, value: unknown): void {
    if (this.letters.length >= MOST_WAITING) {
      this.letters.shift();
      if (!this.isFull) this.log.error('records are lost: the broker is away for too long', { waiting: MOST_WAITING });
      this.isFull = true;
    }
    this.count += 1;
    this.letters.push({ subject, payload: JSON.stringify(value), id: `${this.link.id} ${this.run} ${this.count}` });
    this.sending ??= this.send().finally(() => {
      this.sending = null;
    });
  }

  /** Sends what is left, but does not wait for ever. */
  async finish(): Promise<void> {
    const patience = new Promise((resolve) => setTimeout(resolve, FINISH_MS).unref());
    await Promise.race([this.sending, patience]);
    this.isEnding = true;
  }

  private async send(): Promise<void> {
    for (let letter = this.letters[0]; letter && !this.isEnding; letter = this.letters[0]) {
      try {
        await this.link.broker.stream.publish(letter.subject, letter.payload, { msgID: letter.id });
        if (this.letters[0] === letter) this.letters.shift();
        this.isFull = false;
      } catch (error) {
        this.log.debug('a record waits for the broker', { reason: (error as Error).message });
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  }
}
