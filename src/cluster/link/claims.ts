import type { JsMsg } from '@nats-io/jetstream';
import type { KV } from '@nats-io/kv';
import { type Broker, subjectToken } from '../../platform/nats/index.js';
import { StreamReader } from './stream-reader.js';
import { CLAIMS } from '../subjects.js';
import { isRemoval, keyInBucket } from './bucket-entry.js';

/** What can be owned. */
export type ClaimKind = 'exchange' | 'asset' | 'recorder';

/** Who owns something. */
export interface Claim {
  readonly member: string;
  /** Grows with each claim of the same thing, over all members: whoever has the greater one came later. */
  readonly term: number;
}

/**
 * Who owns what, in a bucket where each change names the one before it: of two that claim at once, one is refused.
 */
export class Claims {
  private readonly known = new Map<string, { readonly member: string | null; readonly revision: number }>();
  private reader: StreamReader | null = null;

  /**
   * @param bucket - Where claims are kept.
   * @param self - Who claims here.
   */
  constructor(
    private readonly bucket: KV,
    private readonly self: string,
  ) {}

  /** Learns who owns what, now and at each change. */
  async follow(broker: Broker): Promise<void> {
    this.reader = StreamReader.open(broker, `KV_${CLAIMS}`, 'newest', (message) => {
      this.learn(message);
    });
    await this.reader.caughtUp;
  }

  async close(): Promise<void> {
    await this.reader?.close();
  }

  /** The owner as far as is known; null without one. */
  holder(kind: ClaimKind, what: string): Claim | null {
    const known = this.known.get(keyOf(kind, what));
    return known && known.member !== null ? { member: known.member, term: known.revision } : null;
  }

  /**
   * Claims something in place of whoever owned it.
   *
   * @returns The term of the claim; null where another was quicker.
   */
  async claim(kind: ClaimKind, what: string): Promise<number | null> {
    const key = keyOf(kind, what);
    const value = JSON.stringify({ member: this.self });
    const known = this.known.get(key);
    try {
      const revision = await (known ? this.bucket.update(key, value, known.revision) : this.bucket.create(key, value));
      this.known.set(key, { member: this.self, revision });
      return revision;
    } catch (error) {
      if (isConflict(error)) return null;
      throw error;
    }
  }

  /** Gives something back, unless another owns it already. */
  async release(kind: ClaimKind, what: string, term: number): Promise<void> {
    try {
      await this.bucket.delete(keyOf(kind, what), { previousSeq: term });
    } catch (error) {
      if (!isConflict(error)) throw error;
    }
  }

  private learn(message: JsMsg): void {
    const key = keyInBucket(message);
    const known = this.known.get(key);
    if (known && known.revision > message.seq) return;
    const member = isRemoval(message) ? null : message.json<{ member: string }>().member;
    this.known.set(key, { member, revision: message.seq });
  }
}

/** `wrong last sequence` of JetStream. */
const WRONG_LAST_SEQUENCE = 10_071;

/** Whether JetStream refused because something came before. */
export function isConflict(error: unknown): boolean {
  return (error as { code?: number }).code === WRONG_LAST_SEQUENCE;
}

function keyOf(kind: ClaimKind, what: string): string {
  return `${kind}.${subjectToken(what)}`;
}
