import { setTimeout as delay } from 'node:timers/promises';
import { jetstream, type JetStreamClient, jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import { type KV, Kvm, type KvOptions } from '@nats-io/kv';
import { errors, type Msg, type NatsConnection } from '@nats-io/transport-node';
import { type Settings, StartupError } from '../config/index.js';
import type { Log } from '../logging/index.js';
import { inboxOf, isRefusedLogin, openConnection } from './connection.js';

/** An answer takes no longer, milliseconds. */
const ANSWER_MS = 2_000;
/** How long the start waits for a first server before it says so and goes on waiting. */
const TELL_AFTER_MS = 2_000;

/** Where every role has its answers sent. */
const INBOX = new RegExp(`^${inboxOf('[a-z]+')}\\.`);
/** Between two looks whether somebody has made a bucket, milliseconds. */
const BUCKET_RETRY_MS = 250;

/** Takes a message; what it throws ends the process, as any fault of ours does. */
export type Heard = (message: Msg) => void;

/** The connection to NATS of one process: the only door to it. */
export class Broker {
  private isReached = true;

  private constructor(
    private readonly nats: NatsConnection,
    readonly streams: JetStreamManager,
    readonly stream: JetStreamClient,
    private readonly log: Log,
  ) {
    void this.follow();
  }

  /**
   * Connects; waits for the servers as long as it takes, since they may start later than we do.
   *
   * @param settings - Where they are and who we are.
   * @param log - Told while they are away.
   * @param name - Under which the servers list us.
   * @throws {StartupError} If a file cannot be read, or if no waiting helps: they refuse us, or are not who they should be.
   */
  static async open(settings: Pick<Settings, 'nats' | 'role'>, log: Log, name: string): Promise<Broker> {
    const telling = setTimeout(() => {
      log.warn('waiting for NATS', { url: settings.nats.url });
    }, TELL_AFTER_MS);
    try {
      const nats = await openConnection(settings, name);
      const streams = await jetstreamManager(nats, { timeout: ANSWER_MS, checkAPI: false });
      return new Broker(nats, streams, jetstream(nats, { timeout: ANSWER_MS }), log);
    } catch (error) {
      if (error instanceof StartupError) throw error;
      throw new StartupError(`nats.url: ${settings.nats.url} cannot be used: ${(error as Error).message}`);
    } finally {
      clearTimeout(telling);
    }
  }

  /** Whether the servers are reached now. */
  get isUp(): boolean {
    return this.isReached;
  }

  /** Tells everybody who listens now, at most once: whoever must not miss it counts. Does nothing while nobody is reached. */
  tell(subject: string, value: unknown): void {
    if (!this.nats.isClosed() && this.isUp) this.nats.publish(subject, JSON.stringify(value));
  }

  /**
   * Listens; messages of one sender come in the order in which it told them. What wants its answer elsewhere than in the inbox
   * of a role is not heard: whoever asks could have us speak where it may not.
   *
   * @param subject - May hold `*` and `>`.
   * @param heard - Takes each.
   * @returns Ends it.
   */
  listen(subject: string, heard: Heard): () => void {
    const subscription = this.nats.subscribe(subject, {
      callback: (error, message) => {
        if (error) this.log.error('NATS refuses what this role listens to', { subject, reason: error.message });
        else if (isAnswerable(message)) heard(message);
        else this.log.warn('a message wants its answer where no inbox is, and is dropped', { subject });
      },
    });
    return () => {
      subscription.unsubscribe();
    };
  }

  /**
   * Asks whoever listens and returns the first answer.
   *
   * @throws {Error} If nobody answers in time.
   */
  async ask<T>(subject: string, value: unknown, withinMs = ANSWER_MS): Promise<T> {
    const answer = await this.nats.request(subject, JSON.stringify(value), { timeout: withinMs });
    return answer.json<T>();
  }

  /** Notes something that is tried again by itself. */
  noteTrouble(what: string, reason: string): void {
    this.log.debug(what, { reason });
  }

  /** Opens a bucket, making it where it is not there and this role may; else waits for a role that may. */
  async bucket(name: string, options: Partial<KvOptions>): Promise<KV> {
    for (let isTold = false; ; isTold = true) {
      try {
        return await new Kvm(this.stream).create(name, options);
      } catch (error) {
        if (!isForbidden(error)) throw error;
        if (!isTold) this.log.warn('waiting for a bucket that another role makes', { bucket: name });
      }
      await delay(BUCKET_RETRY_MS);
    }
  }

  /** Sends what was told and closes; what was told while nobody is reached goes nowhere. */
  async close(): Promise<void> {
    if (this.isUp && !this.nats.isClosed()) {
      await this.nats.drain().catch((error: unknown) => {
        this.log.warn('NATS went away before all was sent', { reason: (error as Error).message });
      });
    }
    if (!this.nats.isClosed()) await this.nats.close();
    this.isReached = false;
  }

  private async follow(): Promise<void> {
    let isRefused = false;
    for await (const status of this.nats.status()) {
      if (status.type === 'disconnect') {
        this.log.warn('NATS is away; what this process owns is given up soon', { server: status.server });
        this.isReached = false;
      } else if (status.type === 'reconnect') {
        this.log.info('NATS is reached again', { server: status.server });
        isRefused = false;
        this.isReached = true;
      } else if (status.type === 'error' && isRefusedLogin(status.error)) {
        // With every attempt; told once.
        if (!isRefused) this.log.error('NATS refuses the seed of this role: replace nats.seedFile; it is read again');
        isRefused = true;
      } else if (status.type === 'error') {
        this.log.error('NATS refuses something: see the permissions of this role', { reason: status.error.message });
      }
    }
  }
}

function isAnswerable({ reply }: Msg): boolean {
  return reply === undefined || reply === '' || INBOX.test(reply);
}

function isForbidden(error: unknown): boolean {
  return [error, (error as Error).cause].some((one) => one instanceof errors.PermissionViolationError);
}
