import { type DynamicModule, Module } from '@nestjs/common';
import { AlertsModule } from './alerts/index.js';
import { CaptureModule } from './capture/index.js';
import { DetectionModule, DetectionService } from './detection/index.js';
import { ExchangesModule } from './exchanges/index.js';
import { FeedModule, PortfolioFeed, RecorderProgress } from './feed/index.js';
import { HistoryModule } from './history/index.js';
import { KeysModule, VaultModule } from './keys/index.js';
import { AuthModule } from './platform/auth/index.js';
import { ClockModule } from './platform/clock/index.js';
import { type Settings, SettingsModule } from './platform/config/index.js';
import { HealthModule } from './platform/health/index.js';
import { type Log, LoggingModule } from './platform/logging/index.js';
import { MetricsModule } from './platform/metrics/index.js';
import { Database, PrismaModule } from './platform/prisma/index.js';
import { SettingsViewModule } from './platform/settings/index.js';
import { TokensModule } from './platform/tokens/index.js';
import { PortfolioModule } from './portfolio/index.js';
import { databaseCheck, detectionCheck } from './readiness-checks.js';

/** The composition root: every room, and nothing else. */
@Module({})
export class AppModule {
  static using(settings: Settings, log: Log): DynamicModule {
    return {
      module: AppModule,
      imports: [
        SettingsModule.using(settings),
        LoggingModule.using(log),
        ClockModule,
        // Takes the data directory for this process, so it comes before whoever writes there.
        PrismaModule.forSettings(),
        AuthModule,
        TokensModule,
        VaultModule,
        ExchangesModule.local(),
        DetectionModule.local(),
        CaptureModule,
        KeysModule,
        HistoryModule.providing(RecorderProgress),
        PortfolioModule.providing(PortfolioFeed),
        FeedModule,
        AlertsModule,
        SettingsViewModule,
        MetricsModule,
        HealthModule.asking({
          inject: [DetectionService, Database],
          useFactory: (detection: DetectionService, database: Database) => [
            databaseCheck(database),
            detectionCheck(detection),
          ],
        }),
      ],
    };
  }
}
