import { Injectable } from '@nestjs/common';
import type { Secret } from '../exchanges/index.js';
import { Clock } from '../platform/clock/index.js';
import { Database } from '../platform/prisma/index.js';
import type { AuditAction, AuditEntry } from './audit/audit-chain.js';
import { AuditRepository } from './audit/audit.repository.js';
import { TargetSecrets, type TargetSecretView } from './ports.js';
import { TargetSecretsRepository } from './target-secrets.repository.js';
import { MasterKeys } from './vault/master-keys.js';
import { openTargetSecret, sealTargetSecret } from './vault/seal-target-secret.js';
import { shareSealing } from './vault/sealing-lock.js';

/** {@link TargetSecrets} under the master keys of the vault; each change stands or falls with its line in the audit. */
@Injectable()
export class SealedTargetSecrets extends TargetSecrets {
  constructor(
    private readonly database: Database,
    private readonly secrets: TargetSecretsRepository,
    private readonly masterKeys: MasterKeys,
    private readonly audit: AuditRepository,
    private readonly clock: Clock,
  ) {
    super();
  }

  override list(): Promise<readonly TargetSecretView[]> {
    return this.secrets.list();
  }

  override put(name: string, secret: Secret, actor: string): Promise<void> {
    return this.database.transaction(async (q) => {
      await shareSealing(q);
      const { current } = await this.masterKeys.fresh(q);
      const view = { name, setAtMs: this.clock.nowMs(), setBy: actor };
      await this.secrets.put(q, view, await sealTargetSecret(current, name, secret));
      await this.audit.append(q, this.entry('target_secret_set', name, actor));
    });
  }

  override async open(name: string): Promise<Secret | null> {
    const found = await this.masterKeys.withItsKey(() => this.secrets.find(name));
    return found && openTargetSecret(found.masterKey, name, found.row);
  }

  override remove(name: string, actor: string): Promise<boolean> {
    return this.database.transaction(async (q) => {
      if (!(await this.secrets.remove(q, name))) return false;
      await this.audit.append(q, this.entry('target_secret_removed', name, actor));
      return true;
    });
  }

  private entry(action: AuditAction, target: string, actor: string): AuditEntry {
    return { atMs: this.clock.nowMs(), actor, action, keyId: null, detail: { target } };
  }
}
