import { Global, Module } from '@nestjs/common';
import { CredentialSource, SignedCallLog } from '../exchanges/index.js';
import { SETTINGS, type Settings } from '../platform/config/index.js';
import { KeyRelay } from './ports.js';
import { VaultRelay } from './vault-relay.js';
import { CredentialsRepository } from './credentials.repository.js';
import { SignedCallsRepository } from './usage/signed-calls.repository.js';
import { USAGE_LOG_OPTIONS, UsageLog, usageLogOptions } from './usage/usage-log.js';
import { MasterKeySource } from './vault/master-key-source.js';
import { MasterKeys } from './vault/master-keys.js';
import { SettingsMasterKeySource } from './vault/settings-master-key-source.js';
import { VaultService } from './vault/vault.service.js';

/** What exchanges needs of the keys: credentials to sign with, and a log of what was signed. */
@Global()
@Module({
  providers: [
    CredentialsRepository,
    SignedCallsRepository,
    MasterKeys,
    VaultService,
    UsageLog,
    {
      provide: USAGE_LOG_OPTIONS,
      inject: [SETTINGS],
      useFactory: (settings: Settings) => usageLogOptions(settings.keys),
    },
    { provide: MasterKeySource, useClass: SettingsMasterKeySource },
    { provide: CredentialSource, useExisting: VaultService },
    { provide: SignedCallLog, useExisting: UsageLog },
    { provide: KeyRelay, useClass: VaultRelay },
  ],
  exports: [
    ...[CredentialsRepository, SignedCallsRepository, MasterKeys, VaultService],
    ...[UsageLog, CredentialSource, SignedCallLog, KeyRelay],
  ],
})
export class VaultModule {}
