import { Injectable } from '@nestjs/common';
import { map, type Observable } from 'rxjs';
import type { SignedCall } from '../exchanges/index.js';
import { KeyRelay, type KeyUseChange } from './ports.js';
import { UsageLog } from './usage/usage-log.js';
import { VaultService } from './vault/vault.service.js';

/** Lets the vaults of several processes over one database act as one. */
@Injectable()
export class VaultRelay extends KeyRelay {
  override readonly changes$: Observable<KeyUseChange>;
  override readonly calls$: Observable<SignedCall>;

  constructor(
    private readonly vault: VaultService,
    private readonly usage: UsageLog,
  ) {
    super();
    this.changes$ = vault.changes$.pipe(map((exchange) => ({ exchange, stopped: vault.stoppedKeys })));
    this.calls$ = usage.calls$;
  }

  override async heardChange({ exchange, stopped }: KeyUseChange): Promise<void> {
    this.vault.stop(stopped.map((id) => ({ id, exchange })));
    await this.vault.reconsider(exchange);
  }

  override heardCall(call: SignedCall): void {
    this.usage.hear(call);
  }
}
