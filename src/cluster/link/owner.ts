import { assignments } from '../../core/sharding/assignment.js';
import type { Log } from '../../platform/logging/index.js';
import type { ClaimKind, Claims } from './claims.js';
import type { Membership } from './membership.js';

/** How often it is looked whether something is to be taken over or given up, milliseconds. */
const LOOK_MS = 200;

/** What an owner does with what it owns. */
export interface Duties {
  /** All that is to be owned by somebody: the same object until it is something else. */
  all(): Iterable<string>;
  /**
   * Begins; called once the claim is ours.
   *
   * @returns False where it could not begin: the claim is given back.
   */
  gain(what: string, term: number): Promise<boolean>;
  /**
   * Ends; resolves when whoever comes next may begin.
   *
   * @param isOurs - False where another owns it already, or may by now: nothing may be told of it any more.
   */
  lose(what: string, isOurs: boolean): Promise<void>;
}

/**
 * Takes over this member's share of the work and gives up what is another's, as members come and go.
 *
 * Everybody computes the same shares from the same members; where views differ for a moment, the claims decide. Nothing is
 * taken from a member that lives: it gives up by itself.
 */
export class Owner {
  private readonly owned = new Map<string, number>();
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> = Promise.resolve();
  private isLooking = false;
  private isFailing = false;
  /** The shares among these, until somebody comes or goes or there is something else to share. */
  private shared: {
    readonly pieces: Iterable<string>;
    readonly among: string;
    readonly shares: ReadonlyMap<string, string>;
  } | null = null;

  constructor(
    private readonly kind: ClaimKind,
    private readonly members: Membership,
    private readonly claims: Claims,
    private readonly duties: Duties,
    private readonly log: Log,
  ) {}

  /** What is owned here, with the term of each. */
  get all(): ReadonlyMap<string, number> {
    return this.owned;
  }

  start(): void {
    this.timer = setInterval(() => {
      if (!this.isLooking) this.looking = this.look();
    }, LOOK_MS);
  }

  /** Gives everything up. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.looking;
    await Promise.all([...this.owned.keys()].map((what) => this.giveUp(what)));
  }

  /** Notes that another was found to own something. */
  async lost(what: string): Promise<void> {
    if (this.owned.delete(what)) await this.duties.lose(what, false);
  }

  private async look(): Promise<void> {
    this.isLooking = true;
    try {
      if (!this.members.isTrusted) await this.loseAll();
      else if (this.members.isSettled) await this.reconcile();
      this.isFailing = false;
    } catch (error) {
      if (!this.isFailing) {
        const { message } = error as Error;
        this.log.warn('shares cannot be taken over or given up at the moment', { kind: this.kind, reason: message });
      }
      this.isFailing = true;
    } finally {
      this.isLooking = false;
    }
  }

  private async loseAll(): Promise<void> {
    if (this.owned.size === 0) return;
    this.log.warn('this member may be taken for dead by now, and gives up what it owned', { kind: this.kind });
    await Promise.all([...this.owned.keys()].map((what) => this.lost(what)));
  }

  private async reconcile(): Promise<void> {
    const { id, role } = this.members.self;
    const living = new Set(this.members.living(role)).add(id);
    const shares = this.sharesAmong([...this.members.ready(role), id]);
    const steps = [...this.owned].flatMap(([what, term]) => this.stepBack(what, term, shares.get(what) === id) ?? []);
    for (const [what, member] of shares) {
      if (member !== id || this.owned.has(what)) continue;
      const holder = this.claims.holder(this.kind, what);
      if (holder === null || holder.member === id || !living.has(holder.member)) steps.push(this.takeOver(what));
    }
    await Promise.all(steps);
  }

  // Looked at several times a second, while it changes with members and symbols alone.
  private sharesAmong(members: readonly string[]): ReadonlyMap<string, string> {
    const pieces = this.duties.all();
    const among = members.join(' ');
    if (this.shared?.pieces !== pieces || this.shared.among !== among) {
      this.shared = { pieces, among, shares: assignments(pieces, members) };
    }
    return this.shared.shares;
  }

  /** Gives up what is another's by now, or is to be; null where it stays. */
  private stepBack(what: string, term: number, isToStay: boolean): Promise<void> | null {
    const holder = this.claims.holder(this.kind, what);
    if (holder && holder.member !== this.members.self.id && holder.term > term) return this.lost(what);
    return isToStay ? null : this.giveUp(what);
  }

  private async takeOver(what: string): Promise<void> {
    const before = this.claims.holder(this.kind, what);
    const term = await this.claims.claim(this.kind, what);
    if (term === null) return;
    if (!(await this.duties.gain(what, term))) {
      await this.claims.release(this.kind, what, term);
      return;
    }
    this.owned.set(what, term);
    this.log.info('took over', { [this.kind]: what, term, from: before?.member ?? null });
  }

  private async giveUp(what: string): Promise<void> {
    const term = this.owned.get(what);
    if (term === undefined) return;
    this.owned.delete(what);
    await this.duties.lose(what, true);
    await this.claims.release(this.kind, what, term);
    this.log.info('gave up', { [this.kind]: what, term });
  }
}
