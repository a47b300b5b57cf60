import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { type Observable, Subject } from 'rxjs';
import type { KeyProbeFailureCode, KeyProbeResult } from '../../exchanges/index.js';
import { withLogFields } from '../../platform/logging/index.js';
import { KeyRegistry } from '../key-registry.js';
import { asRetired, provesDeletion } from './retired-key.js';
import { isChecked, type StoredKey } from '../stored-key.js';
import { CheckTurns } from './check-turns.js';
import { CircumstancesReader } from './circumstances-reader.js';
import { judgeDuplicate } from './judge-key.js';
import { KeyChecker } from './key-checker.js';
import { KeyVerdicts } from './key-verdicts.js';
import { timeText } from './use-findings.js';

/** How a check ended. */
export interface CheckEnd {
  readonly outcome: 'ok' | KeyProbeFailureCode;
  /** The exchange's own code, where it refused something. */
  readonly rawCode: string | null;
}

/** A check that has ended, with the key and the verdict as they stand then. */
export interface CheckedKey extends CheckEnd {
  readonly key: StoredKey;
  /** True where the answer proves that the key is gone. */
  readonly isDeleted: boolean;
}

/** Keeps every key's health up to date: at the start, in an interval, and when something asks for it. */
@Injectable()
export class KeyHealthService implements OnModuleInit, OnApplicationBootstrap, OnModuleDestroy {
  private readonly checking = new Map<string, Promise<StoredKey | null>>();
  private readonly giveUps = new Map<string, AbortController>();
  private readonly ended$ = new Subject<CheckedKey>();
  private isStopping = false;

  /** Hot: each finished check of a stored key once its verdict is known, the one before it was stored included. */
  readonly checked$: Observable<CheckedKey> = this.ended$.asObservable();

  constructor(
    private readonly registry: KeyRegistry,
    private readonly verdicts: KeyVerdicts,
    private readonly checker: KeyChecker,
    private readonly turns: CheckTurns,
    private readonly circumstances: CircumstancesReader,
  ) {}

  async onModuleInit(): Promise<void> {
    await this.verdicts.load();
    await this.circumstances.refresh();
  }

  onApplicationBootstrap(): void {
    for (const key of this.registry.all()) if (isChecked(key)) this.turns.add(key);
    this.turns.start((id, isOutOfTurn) => this.takeTurn(id, isOutOfTurn));
  }

  /** What was judged so far is stored; a check whose exchange has not answered yet is dropped. */
  async onModuleDestroy(): Promise<void> {
    this.isStopping = true;
    await Promise.all([this.verdicts.saved, this.checker.end(), this.turns.stop()]);
    this.ended$.complete();
  }

  /** Begins to watch a key that was just stored, with its first verdict and how the check of it ended. */
  async watch(key: StoredKey, end: CheckEnd): Promise<void> {
    // Planned before anything is awaited: a database that fails now must not leave the key unchecked.
    const planned = this.turns.ended(key, end.outcome);
    await this.verdicts.put(key);
    await planned;
    this.ended$.next({ key, ...end, isDeleted: false });
  }

  /** Begins to watch a key that took over from another, which is shown as it stands now. */
  async takeOver(successor: StoredKey, old: StoredKey): Promise<void> {
    const planned = this.turns.ended(successor, 'ok');
    await this.verdicts.putTogether([successor, old]);
    await planned;
  }

  /** Shows a key that signs no more, and checks now whether its exchange still accepts it. */
  async retire(key: StoredKey): Promise<void> {
    await this.verdicts.put(key);
    const again = (): void => {
      const now = this.registry.get(key.id);
      if (now && isChecked(now)) this.turns.add(now);
    };
    // A check that began before would be joined, and says what held then.
    const running = this.checking.get(key.id);
    if (running) void running.then(again, again);
    else again();
  }

  /** Lets a key sign and be checked no more, from this moment on; it stays shown. */
  async rest(key: StoredKey): Promise<void> {
    this.giveUp(key);
    await this.verdicts.end(key);
  }

  /** Shows a key as it is stored: something else than was known here happened to it. */
  async refresh(id: string): Promise<StoredKey | null> {
    const stored = await this.verdicts.reload(id);
    if (!stored || !isChecked(stored)) this.leave(id);
    return stored;
  }

  /** Gives up the check of a key that runs, and plans none. Asks nobody, so it cannot fail. */
  giveUp(key: StoredKey): void {
    this.leave(key.id);
    this.giveUps.get(key.id)?.abort();
    this.registry.put(key);
  }

  /** Neither checks nor shows a key any more, and lets it sign nothing. */
  async forget(key: StoredKey): Promise<void> {
    this.giveUp(key);
    await this.verdicts.drop(key);
  }

  /** Shows on a stored key for a day that it was offered a second time, as what and by whom. */
  async noteDuplicate(id: string, label: string, actor: string): Promise<void> {
    const key = this.registry.get(id);
    if (!key) return;
    const judged = this.circumstances.now(key);
    const seen = `the same key was offered again as "${label}" (${actor}) at ${timeText(judged.nowMs)}, and refused`;
    await this.verdicts.take(id, judgeDuplicate(judged, seen));
  }

  /** True while an exchange is asked about a key. */
  isChecking(id: string): boolean {
    return this.checking.has(id);
  }

  /** Checks a key soon, unless that was done a short time ago. */
  checkSoon(id: string): void {
    this.turns.outOfTurn(id);
  }

  /** Checks a key now, or joins the check that runs; null when it is gone. */
  check(id: string): Promise<StoredKey | null> {
    const running = this.checking.get(id);
    if (running) return running;
    const giveUp = new AbortController();
    this.giveUps.set(id, giveUp);
    const check = withLogFields({ keyId: id }, () => this.runCheck(id, giveUp.signal)).finally(() => {
      this.checking.delete(id);
      this.giveUps.delete(id);
    });
    this.checking.set(id, check);
    return check;
  }

  private async runCheck(id: string, signal: AbortSignal): Promise<StoredKey | null> {
    const key = this.registry.get(id);
    const checked = key && (await this.checker.check(key, signal));
    const now = this.registry.get(id);
    // A check that our own stop cut short says nothing of the key: its last verdict stays.
    if (this.isStopping || !now || !isChecked(now)) return now ?? null;
    // Its secret is gone: another service has done something to it.
    if (!checked) return this.refresh(id);
    const end = endOf(checked.outcome);
    const judged = await this.verdicts.take(id, asRetired(now, checked.check, checked.outcome));
    const after = this.registry.get(id);
    if (after && isChecked(after)) await this.turns.ended(after, end.outcome);
    if (judged) this.ended$.next({ key: judged, ...end, isDeleted: provesDeletion(checked.outcome) });
    return judged;
  }

  /** Checks a key that is due, unless another service on this database has: then its verdict is shown. */
  private async takeTurn(id: string, isOutOfTurn: boolean): Promise<unknown> {
    // Another service may have stopped it, or checked it: what it signs here must follow.
    const key = await this.refresh(id);
    if (!key || !isChecked(key)) return key;
    // What was seen here asks for an answer, whoever checked the key before.
    return isOutOfTurn || (await this.turns.take(key)) ? this.check(id) : key;
  }

  private leave(id: string): void {
    this.turns.forget(id);
    this.circumstances.forget(id);
  }
}

function endOf(outcome: KeyProbeResult): CheckEnd {
  return outcome.ok ? { outcome: 'ok', rawCode: null } : { outcome: outcome.code, rawCode: outcome.rawCode };
}
