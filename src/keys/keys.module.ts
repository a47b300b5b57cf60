import { Global, Module } from '@nestjs/common';
import { AuditRepository } from './audit.repository.js';
import { CheckSchedule } from './health/check-schedule.js';
import { KeyChecker } from './health/key-checker.js';
import { KeyHealthService } from './health/key-health.service.js';
import { KeyVerdicts } from './health/key-verdicts.js';
import { KeyAdmission } from './key-admission.js';
import { KeyRegistry } from './key-registry.js';
import { KeyStore } from './key-store.js';
import { KeysController } from './keys.controller.js';
import { KeysService } from './keys.service.js';
import { KeyHealthFeed } from './ports.js';
import { UsageReader } from './usage/usage-reader.js';
import { VaultModule } from './vault.module.js';

/** The health of the stored keys and the REST door to them; needs a `KeyProbe`, which exchanges provides. */
@Global()
@Module({
  imports: [VaultModule],
  controllers: [KeysController],
  providers: [
    AuditRepository,
    KeyRegistry,
    KeyChecker,
    KeyVerdicts,
    CheckSchedule,
    KeyStore,
    KeyAdmission,
    UsageReader,
    KeyHealthService,
    KeysService,
    { provide: KeyHealthFeed, useExisting: KeyRegistry },
  ],
  exports: [KeyHealthFeed, KeysService],
})
export class KeysModule {}
