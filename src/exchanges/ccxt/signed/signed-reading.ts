import type { ReadingTrouble } from '../../../core/portfolio/account-reading.js';
import type { Log } from '../../../platform/logging/index.js';
import type { CredentialSource, KeyPurpose } from '../../contract/ports.js';
import { Backoff } from '../../supervision/backoff.js';
import { type CcxtExchange, endRequests } from '../instance/ccxt-instance.js';
import { classifyFailure, type SignedFailure } from '../key-errors/classify.js';
import { redactor } from './redactor.js';
import { createSigned, type SigningContext } from './signed-instance.js';

/** What signed readings need around them. */
export interface ReadingContext extends SigningContext {
  readonly credentials: CredentialSource;
  readonly log: Log;
}

/** What is read with a key, and how often. */
export interface ReadingPlan {
  /** The key that signs is one for this purpose. */
  readonly purpose: KeyPurpose;
  /** For the log: `account fees`. */
  readonly what: string;
  readonly everyMs: number;
  /**
   * True where the signing instance is kept from one reading to the next: to make one stops the event loop for some
   * 15 ms. Else the key is dropped in between.
   */
  readonly keepsSigning: boolean;
  /**
   * Reads and tells.
   *
   * @param keyed - Signs.
   * @param isCurrent - False as soon as a newer reading began: what is read then is told no more.
   */
  readonly ask: (keyed: CcxtExchange, isCurrent: () => boolean) => Promise<void>;
  /** Told that no key speaks for the account any more, or another one. */
  readonly lost: (loss: ReadingLoss) => void;
  /** Told that a reading failed though the key may still be good: it is tried again. */
  readonly failed?: (trouble: ReadingTrouble) => void;
}

/** Why what was told holds no more. */
export type ReadingLoss =
  /** Another key reads from now on; it may be another account. */
  | { readonly why: 'another_key'; readonly keyId: string }
  /** No key is active for the purpose. */
  | { readonly why: 'no_key' }
  /** The exchange refuses the key. */
  | { readonly why: 'refused'; readonly trouble: ReadingTrouble };

const RETRY = { baseMs: 5_000, capMs: 900_000, stableAfterMs: 60_000 };
/** After these refusals the key is not tried again before it changes or an hour has passed. */
const FINAL = new Set(['revoked', 'wrong_secret', 'wrong_passphrase', 'ip_refused', 'missing_permission', 'expired']);
const FINAL_WAIT_MS = 3_600_000;
/** Longest time that a reading with a replaced key may take to end. */
const FINISH_MS = 5_000;

const asIs = (text: string): string => text;

/**
 * Keeps something that only a key can read of one exchange: read when a key is there, again and again, and when the key
 * changes. One reading at a time; a newer key ends the reading with the older one.
 */
export class SignedReading {
  private readonly backoff = new Backoff(RETRY);
  private timer: NodeJS.Timeout | undefined;
  private generation = 0;
  private isStopped = false;
  /** Signs for the reading under way, and for the next where it is kept. */
  private keyed: CcxtExchange | null = null;
  /** Removes the parts of the key that signs; it holds them, so it goes with the key. */
  private redact = asIs;
  /** The key whose account was told of. */
  private keyId: string | null = null;
  /** Why the last reading failed, null when it did not: told once per change. */
  private failing: string | null = null;
  private reading: Promise<unknown> = Promise.resolve();
  /** Set while a reading under way may end with its key, though another key holds already. */
  private finishing: NodeJS.Timeout | undefined;
  /** The generation whose reading is under way. */
  private busy: number | null = null;

  /**
   * @param market - The keyless instance, whose metadata is shared so that a key never loads any.
   * @param plan - What is read.
   * @param context - What it needs around it.
   */
  constructor(
    private readonly market: CcxtExchange,
    private readonly plan: ReadingPlan,
    private readonly context: ReadingContext,
  ) {}

  /**
   * Reads with the key that holds now; called at the start and when the key changed. A reading under way is given up,
   * unless its key was only replaced: then it may end first, for some seconds.
   */
  refresh(): void {
    if (this.isStopped) return;
    if (
      this.busy === this.generation &&
      this.keyed &&
      this.keyId !== null &&
      this.context.credentials.mayFinish?.(this.keyId) === true
    ) {
      this.finishing ??= setTimeout(() => {
        this.begin();
      }, FINISH_MS);
      return;
    }
    this.begin();
  }

  private begin(): void {
    const before = this.giveUp();
    this.reading = Promise.all([before, this.read(this.generation)]);
  }

  /** Gives up the reading under way and reads no more; resolves when its last call is told to the usage log. */
  async stop(): Promise<void> {
    this.isStopped = true;
    await Promise.all([this.giveUp(), this.reading]);
  }

  private async giveUp(): Promise<void> {
    this.generation += 1;
    clearTimeout(this.timer);
    clearTimeout(this.finishing);
    this.finishing = undefined;
    await this.letGo();
  }

  private async letGo(): Promise<void> {
    const { keyed } = this;
    this.keyed = null;
    this.redact = asIs;
    if (keyed) await endRequests(keyed);
  }

  private async read(generation: number): Promise<void> {
    const { ask, everyMs, keepsSigning } = this.plan;
    const isCurrent = (): boolean => generation === this.generation;
    try {
      const keyed = this.keyed ?? (await this.sign(isCurrent));
      if (!keyed) return;
      await this.during(generation, () => ask(keyed, isCurrent));
      if (!isCurrent()) return;
      if (this.finishing) {
        this.begin();
        return;
      }
      if (!keepsSigning) await this.letGo();
      if (!isCurrent()) return;
      this.failing = null;
      this.backoff.succeeded(this.context.clock.nowMs());
      this.again(generation, everyMs);
    } catch (error) {
      if (!isCurrent()) return;
      const failure = classifyFailure(this.market.id, error, this.redact);
      await this.letGo();
      if (!isCurrent()) return;
      if (this.finishing) this.begin();
      else this.failed(generation, failure);
    }
  }

  private async during(generation: number, ask: () => Promise<void>): Promise<void> {
    this.busy = generation;
    try {
      await ask();
    } finally {
      if (this.busy === generation) this.busy = null;
    }
  }

  /** Makes the instance that signs; null where no key speaks for the account, or a newer reading began. */
  private async sign(isCurrent: () => boolean): Promise<CcxtExchange | null> {
    const { purpose, lost } = this.plan;
    const exchange = this.market.id;
    const credential = await this.context.credentials.credential(exchange, purpose);
    if (!isCurrent()) return null;
    if (!credential) {
      lost({ why: 'no_key' });
      return null;
    }
    // Another key may be another account: what was told is not its own, not even for a moment.
    const { keyId } = credential;
    if (keyId !== this.keyId) lost({ why: 'another_key', keyId });
    this.keyId = keyId;
    this.redact = redactor(credential);
    this.keyed = createSigned(exchange, credential, this.context);
    this.keyed.setMarketsFromExchange(this.market);
    return this.keyed;
  }

  private failed(generation: number, { code, message: reason }: SignedFailure): void {
    const { log, clock } = this.context;
    const { what, lost, failed } = this.plan;
    const exchange = this.market.id;
    const { keyId } = this;
    if (code !== this.failing) log.warn(`${what} could not be read`, { exchange, keyId, code, reason });
    this.failing = code;
    const isFinal = FINAL.has(code);
    const trouble = { code, message: reason };
    if (isFinal) lost({ why: 'refused', trouble });
    else failed?.(trouble);
    this.again(generation, isFinal ? FINAL_WAIT_MS : this.backoff.failed(clock.nowMs()));
  }

  private again(generation: number, delayMs: number): void {
    this.timer = setTimeout(() => {
      if (generation !== this.generation) return;
      if (this.keyed) this.reading = this.read(generation);
      else this.refresh();
    }, delayMs);
  }
}
