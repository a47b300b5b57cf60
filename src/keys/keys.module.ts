import { Global, Module } from '@nestjs/common';
import { AuditHead } from './audit/audit-head.js';
import { AuditReader } from './audit/audit-reader.js';
import { AuditVerifier } from './audit/audit-verifier.js';
import { AuditController } from './audit/audit.controller.js';
import { AuditRepository } from './audit/audit.repository.js';
import { CheckHistory } from './health/check-history.js';
import { CheckLeases } from './health/check-leases.repository.js';
import { CheckSchedule } from './health/check-schedule.js';
import { CheckTurns } from './health/check-turns.js';
import { CircumstancesReader } from './health/circumstances-reader.js';
import { EgressAddresses } from './health/egress-addresses.js';
import { ForeignUses } from './health/foreign-uses.js';
import { KeyAcknowledgement } from './health/key-acknowledgement.js';
import { KeyChecker } from './health/key-checker.js';
import { KeyChecksRepository } from './health/key-checks.repository.js';
import { KeyHealthController } from './health/key-health.controller.js';
import { KeyHealthService } from './health/key-health.service.js';
import { KeyVerdicts } from './health/key-verdicts.js';
import { SignedCallWatch } from './health/signed-call-watch.js';
import { TimedVerdicts } from './health/timed-verdicts.js';
import { KeyAdmission } from './key-admission.js';
import { KeyMetrics } from './key-metrics.js';
import { KeyRegistry } from './key-registry.js';
import { KeyStore } from './key-store.js';
import { KeysController } from './keys.controller.js';
import { KeysService } from './keys.service.js';
import { KeyCompromise } from './lifecycle/key-compromise.js';
import { KeyRotation } from './lifecycle/key-rotation.js';
import { KeyTimeline } from './lifecycle/key-timeline.js';
import { LifecycleController } from './lifecycle/lifecycle.controller.js';
import { KeyHealthFeed, TargetSecrets } from './ports.js';
import { SealedTargetSecrets } from './sealed-target-secrets.js';
import { TargetSecretsRepository } from './target-secrets.repository.js';
import { UsageController } from './usage/usage.controller.js';
import { UsageReader } from './usage/usage-reader.js';
import { MasterKeyController } from './vault/master-key.controller.js';
import { MasterKeyRotation } from './vault/master-key-rotation.js';
import { MasterKeyService } from './vault/master-key.service.js';
import { RowResealer } from './vault/row-resealer.js';
import { VaultModule } from './vault.module.js';

/** The health of the stored keys and the REST door to them; needs a `KeyProbe`, which exchanges provides. */
@Global()
@Module({
  imports: [VaultModule],
  // Fixed paths first: KeysController takes whatever follows v1/keys/ for an id.
  controllers: [
    MasterKeyController,
    AuditController,
    LifecycleController,
    UsageController,
    KeyHealthController,
    KeysController,
  ],
  providers: [
    AuditHead,
    AuditRepository,
    AuditReader,
    AuditVerifier,
    MasterKeyRotation,
    MasterKeyService,
    RowResealer,
    KeyRegistry,
    KeyChecker,
    KeyVerdicts,
    EgressAddresses,
    CircumstancesReader,
    ForeignUses,
    CheckLeases,
    CheckTurns,
    SignedCallWatch,
    KeyChecksRepository,
    CheckHistory,
    TimedVerdicts,
    KeyAcknowledgement,
    CheckSchedule,
    KeyStore,
    KeyAdmission,
    UsageReader,
    KeyTimeline,
    KeyRotation,
    KeyCompromise,
    KeyHealthService,
    KeysService,
    KeyMetrics,
    TargetSecretsRepository,
    { provide: TargetSecrets, useClass: SealedTargetSecrets },
    { provide: KeyHealthFeed, useExisting: KeyRegistry },
  ],
  exports: [KeyHealthFeed, KeysService, TargetSecrets],
})
export class KeysModule {}
