import type { FeedEvent } from './feed-event.js';
import { updateTail } from './frames.js';

/** Different messages kept of one event; subscribers beyond have one written for themselves. */
const MAX_KEPT = 8;

interface Written {
  readonly prefix: string;
  readonly prevSeq: number;
  readonly message: Buffer;
}

/**
 * One event on its way to all subscribers of its channel.
 *
 * Its message differs by name and last position of a subscription only. Most share both, so it is written once for
 * those: as bytes, since a text would be encoded anew by each socket. Lives as long as the publication; keeps at most
 * {@link MAX_KEPT} messages.
 */
export class Delivery {
  private readonly kept: Written[] = [];
  private tail: string | null = null;

  /**
   * @param event - What happened.
   * @param nowMs - When it is sent.
   */
  constructor(
    readonly event: FeedEvent,
    readonly nowMs: number,
  ) {}

  /**
   * Gives the whole message for one subscription.
   *
   * @param prefix - Its beginning, up to and with the name of `seq`.
   * @param prevSeq - The position of the last message that the subscription sent.
   * @returns UTF-8, shared: never to be changed.
   */
  messageFor(prefix: string, prevSeq: number): Buffer {
    for (const written of this.kept) {
      if (written.prevSeq === prevSeq && written.prefix === prefix) return written.message;
    }
    this.tail ??= updateTail([this.event.json], this.nowMs);
    const message = Buffer.from(`${prefix}${this.event.seq},"prevSeq":${prevSeq}${this.tail}`);
    if (this.kept.length < MAX_KEPT) this.kept.push({ prefix, prevSeq, message });
    return message;
  }
}
