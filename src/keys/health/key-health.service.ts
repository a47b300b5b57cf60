import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { type Observable, Subscription } from 'rxjs';
import type { KeyProbeFailureCode, SignedCall } from '../../exchanges/index.js';
import { KeyRegistry } from '../key-registry.js';
import { isInUse, type StoredKey } from '../stored-key.js';
import { UsageLog } from '../usage/usage-log.js';
import { CheckSchedule } from './check-schedule.js';
import { judgeKey } from './judge-key.js';
import { KeyChecker } from './key-checker.js';
import { KeyVerdicts } from './key-verdicts.js';

/** Refusals of a signed call that speak of the key; the others speak of the network, the clock or the call. */
const SPEAKS_OF_KEY: ReadonlySet<SignedCall['outcome']> = new Set<KeyProbeFailureCode>([
  'revoked',
  'wrong_secret',
  'wrong_passphrase',
  'suspended',
  'wrong_environment',
  'expired',
  'ip_refused',
  'missing_permission',
]);

/** Keeps every key's health up to date: at the start, in an interval, and at the first refused call. */
@Injectable()
export class KeyHealthService implements OnModuleInit, OnApplicationBootstrap, OnModuleDestroy {
  private readonly checking = new Map<string, Promise<StoredKey | null>>();
  private readonly subscription = new Subscription();
  private isStopping = false;

  constructor(
    private readonly registry: KeyRegistry,
    private readonly verdicts: KeyVerdicts,
    private readonly checker: KeyChecker,
    private readonly schedule: CheckSchedule,
    private readonly usage: UsageLog,
  ) {}

  async onModuleInit(): Promise<void> {
    await this.verdicts.load();
  }

  onApplicationBootstrap(): void {
    this.follow(this.usage.calls$, (call) => {
      this.takeCall(call);
    });
    this.follow(this.usage.stored$, (calls) => {
      this.takeUse(calls);
    });
    for (const key of this.registry.all()) if (isInUse(key)) this.schedule.add(key.id);
    this.schedule.start((id) => this.check(id));
  }

  /** What was judged so far is stored; a check whose exchange has not answered yet is dropped. */
  async onModuleDestroy(): Promise<void> {
    this.isStopping = true;
    this.subscription.unsubscribe();
    this.schedule.stop();
    await Promise.all([this.verdicts.saved, this.checker.end()]);
  }

  /** Begins to watch a key that was just stored with its first verdict. */
  async watch(key: StoredKey, outcome: 'ok' | KeyProbeFailureCode): Promise<void> {
    await this.verdicts.put(key);
    this.schedule.after(key.id, outcome);
  }

  /** Checks a disabled key no more; it stays shown. */
  async rest(key: StoredKey): Promise<void> {
    this.schedule.forget(key.id);
    await this.verdicts.put(key);
  }

  /** Neither checks nor shows a key any more. */
  async forget(key: StoredKey): Promise<void> {
    this.schedule.forget(key.id);
    await this.verdicts.drop(key);
  }

  /** Checks a key now, or joins the check that runs; null when it is gone. */
  check(id: string): Promise<StoredKey | null> {
    const running = this.checking.get(id);
    if (running) return running;
    const check = this.runCheck(id).finally(() => {
      this.checking.delete(id);
    });
    this.checking.set(id, check);
    return check;
  }

  private async runCheck(id: string): Promise<StoredKey | null> {
    const key = this.registry.get(id);
    const checked = key && (await this.checker.check(key));
    const now = this.registry.get(id);
    // A check that our own stop cut short says nothing of the key: its last verdict stays.
    if (this.isStopping || !checked || !now || !isInUse(now)) return now ?? null;
    this.schedule.after(id, checked.outcome.ok ? 'ok' : checked.outcome.code);
    return this.verdicts.take(id, checked.check);
  }

  /** A refused call turns the key at once; a check then tells whether the exchange really dropped it. */
  private takeCall({ keyId, outcome, method, path, atMs }: SignedCall): void {
    // While a check runs, the refused call is most likely its own: its verdict is about to come.
    if (outcome === 'ok' || !SPEAKS_OF_KEY.has(outcome) || this.checking.has(keyId)) return;
    const key = this.registry.get(keyId);
    if (!key || !isInUse(key)) return;
    const message = `${method} ${path} was refused: ${outcome.replaceAll('_', ' ')}`;
    const refusal = { ok: false, code: outcome, rawCode: null, message } as const;
    const { exchange, purposes, check: previous } = key;
    const check = judgeKey({ exchange, purposes, outcome: refusal, previous, nowMs: atMs });
    this.verdicts.take(keyId, check).catch((error: unknown) => {
      this.verdicts.couldNotStore(keyId, error);
    });
    this.schedule.outOfTurn(keyId);
  }

  private takeUse(calls: readonly SignedCall[]): void {
    for (const { keyId, atMs } of calls) {
      const key = this.registry.get(keyId);
      if (key && atMs > (key.lastUsedAtMs ?? 0)) this.registry.put({ ...key, lastUsedAtMs: atMs });
    }
  }

  private follow<T>(source$: Observable<T>, take: (value: T) => void): void {
    const error = (reason: unknown): void => {
      throw reason; // The usage log never fails; a fault in here must not pass in silence.
    };
    this.subscription.add(source$.subscribe({ next: take, error }));
  }
}
