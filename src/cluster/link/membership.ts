import type { JsMsg } from '@nats-io/jetstream';
import type { KV } from '@nats-io/kv';
import type { ClusterRole } from '../../platform/config/index.js';
import type { Log } from '../../platform/logging/index.js';
import type { Broker } from '../../platform/nats/index.js';
import { StreamReader } from './stream-reader.js';
import { MEMBERS } from '../subjects.js';
import { isRemoval, keyInBucket } from './bucket-entry.js';

/** Signs of life within one lease: one that is lost costs nothing. */
const SIGNS_PER_LEASE = 4;
/** Whoever could not show itself for this part of its lease gives up what it owns, before others take it for dead. */
const TRUSTED_PART = 0.8;

/** How a member shows itself. */
interface Shown extends Member {
  /** Knows the others by now, so that it can take over its share. */
  readonly isReady: boolean;
}

interface Seen {
  readonly atMs: number;
  readonly isReady: boolean;
}

/** A process of the cluster. */
export interface Member {
  readonly id: string;
  readonly role: ClusterRole;
}

/**
 * Who lives: every member shows itself in a bucket several times within a lease, and is taken for dead by whoever has not
 * seen it for one. Times are of each member's own clock; none is compared with another's.
 */
export class Membership {
  /** When each was last seen, by its key `role.id`. Bounded by the members that ever lived within this run. */
  private readonly seen = new Map<string, Seen>();
  private shownAt = -Infinity;
  private joinedAt = Infinity;
  private timer: NodeJS.Timeout | undefined;
  private reader: StreamReader | null = null;
  private isShowing = false;
  private isFailing = false;

  /**
   * @param broker - Tells whether it is reached.
   * @param bucket - Where members show themselves.
   * @param self - Who we are.
   * @param leaseMs - Silent for longer is dead.
   */
  constructor(
    private readonly broker: Broker,
    private readonly bucket: KV,
    readonly self: Member,
    private readonly leaseMs: number,
    private readonly log: Log,
  ) {}

  /** Shows itself from now on, and looks at the others. */
  async join(): Promise<void> {
    this.reader = StreamReader.open(this.broker, `KV_${MEMBERS}`, 'newest', (message) => {
      this.learn(message);
    });
    await this.reader.caughtUp;
    this.joinedAt = performance.now();
    this.timer = setInterval(() => {
      void this.show();
    }, this.leaseMs / SIGNS_PER_LEASE);
    await this.show();
  }

  /** Says that it is gone, so that nobody has to wait for its lease. */
  async leave(): Promise<void> {
    clearInterval(this.timer);
    this.shownAt = -Infinity;
    await this.reader?.close();
    if (this.broker.isUp) await this.bucket.delete(keyOf(this.self));
  }

  /**
   * @param role - Of these.
   * @returns The ids of those that live, in order.
   */
  living(role: ClusterRole): string[] {
    return this.those(role, () => true);
  }

  /**
   * @param role - Of these.
   * @returns The ids of those among whom the work is shared: they live, and know who else does.
   */
  ready(role: ClusterRole): string[] {
    return this.those(role, ({ isReady }) => isReady);
  }

  /** Whether others certainly still take us for alive: else what we own may be another's already. */
  get isTrusted(): boolean {
    const since = performance.now() - this.leaseMs * TRUSTED_PART;
    // Who does not hear itself would take the others for dead.
    return this.shownAt > since && (this.seen.get(keyOf(this.self))?.atMs ?? -Infinity) > since;
  }

  /** Whether the servers were reached for a lease: whoever lives was seen by now, and who was not is dead. */
  get isSettled(): boolean {
    return this.isTrusted && performance.now() - this.joinedAt > this.leaseMs;
  }

  private async show(): Promise<void> {
    if (this.isShowing) return;
    this.isShowing = true;
    const startedAt = performance.now();
    try {
      const shown: Shown = { ...this.self, isReady: this.isSettled };
      await this.bucket.put(keyOf(this.self), JSON.stringify(shown));
      // What was silent while nobody could speak is not dead for that.
      if (!this.isTrusted) this.joinedAt = performance.now();
      this.shownAt = startedAt;
      if (this.isFailing) this.log.info('this member is seen by the others again');
      this.isFailing = false;
    } catch (error) {
      if (!this.isFailing) this.log.warn('this member cannot show itself', { reason: (error as Error).message });
      this.isFailing = true;
    } finally {
      this.isShowing = false;
    }
  }

  private learn(message: JsMsg): void {
    const key = keyInBucket(message);
    if (isRemoval(message)) this.seen.delete(key);
    else this.seen.set(key, { atMs: performance.now(), isReady: message.json<Shown>().isReady });
  }

  private those(role: ClusterRole, isMeant: (seen: Seen) => boolean): string[] {
    const nowMs = performance.now();
    const prefix = `${role}.`;
    const ids: string[] = [];
    for (const [key, seen] of this.seen) {
      if (key.startsWith(prefix) && nowMs - seen.atMs <= this.leaseMs && isMeant(seen))
        ids.push(key.slice(prefix.length));
    }
    return ids.sort();
  }
}

function keyOf({ role, id }: Member): string {
  return `${role}.${id}`;
}
