import { type DynamicModule, Global, Module } from '@nestjs/common';
import { CaptureModule } from '../capture/index.js';
import { DetectionModule, DetectionService, OpportunityFeed } from '../detection/index.js';
import { CredentialSource, ExchangesModule, NoCredentials, NoSignedCalls, SignedCallLog } from '../exchanges/index.js';
import { VaultModule } from '../keys/index.js';
import { ClockModule } from '../platform/clock/index.js';
import { type Settings, SettingsModule } from '../platform/config/index.js';
import { type Log, LoggingModule } from '../platform/logging/index.js';
import { PrismaModule } from '../platform/prisma/index.js';

/** Stands for the vault and for what people decided, where there is no data directory. */
@Global()
@Module({
  providers: [
    DetectionService,
    { provide: OpportunityFeed, useExisting: DetectionService },
    { provide: CredentialSource, useClass: NoCredentials },
    { provide: SignedCallLog, useClass: NoSignedCalls },
  ],
  exports: [OpportunityFeed, CredentialSource, SignedCallLog],
})
class WithoutDataModule {}

/** Composition root of the command `capture`: markets, detection and the file, and nothing that listens or remembers. */
@Module({})
export class CaptureApp {
  static using(settings: Settings, log: Log, withData: boolean): DynamicModule {
    return {
      module: CaptureApp,
      imports: [
        SettingsModule.using(settings),
        LoggingModule.using(log),
        ClockModule,
        ...(withData ? [PrismaModule.forSettings(), VaultModule, DetectionModule.local()] : [WithoutDataModule]),
        ExchangesModule.local(),
        CaptureModule,
      ],
    };
  }
}
