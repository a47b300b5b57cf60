import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { type Observable, Subscription } from 'rxjs';
import type { KeyProbeFailureCode, SignedCall } from '../../exchanges/index.js';
import { KeyRegistry } from '../key-registry.js';
import { isInUse } from '../stored-key.js';
import { UsageLog } from '../usage/usage-log.js';
import { CircumstancesReader } from './circumstances-reader.js';
import { judgeKey } from './judge-key.js';
import { KeyHealthService } from './key-health.service.js';
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

/** Learns from our own signed calls: a refused one turns its key at once, and each one is a use. */
@Injectable()
export class SignedCallWatch implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly subscription = new Subscription();

  constructor(
    private readonly usage: UsageLog,
    private readonly registry: KeyRegistry,
    private readonly verdicts: KeyVerdicts,
    private readonly circumstances: CircumstancesReader,
    private readonly health: KeyHealthService,
  ) {}

  onApplicationBootstrap(): void {
    this.follow(this.usage.calls$, (call) => {
      this.takeCall(call);
    });
    this.follow(this.usage.stored$, (calls) => {
      this.takeUse(calls);
    });
  }

  onModuleDestroy(): void {
    this.subscription.unsubscribe();
  }

  /** A refused call turns the key at once; a check then tells whether the exchange really dropped it. */
  private takeCall({ keyId, outcome, method, path, atMs }: SignedCall): void {
    // While a check runs, a call is most likely its own: its verdict is about to come.
    if (this.health.isChecking(keyId)) return;
    const key = this.registry.get(keyId);
    if (!key || !isInUse(key)) return;
    this.circumstances.noteWork(keyId, atMs);
    if (outcome === 'ok' || !SPEAKS_OF_KEY.has(outcome)) return;
    const message = `${method} ${path} was refused: ${outcome.replaceAll('_', ' ')}`;
    const refusal = { ok: false, code: outcome, rawCode: null, message } as const;
    const check = judgeKey({ ...this.circumstances.now(key), outcome: refusal, nowMs: atMs });
    this.verdicts.take(keyId, check).catch((error: unknown) => {
      this.verdicts.couldNotStore(keyId, error);
    });
    this.health.checkSoon(keyId);
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
