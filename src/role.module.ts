import { type DynamicModule, Global, Module } from '@nestjs/common';
import { AlertsModule } from './alerts/index.js';
import { CaptureModule } from './capture/index.js';
import { ClusterLink, ClusterModule, RemoteOpportunities, RowStore } from './cluster/index.js';
import { DetectionModule, DetectionService, OpportunityFeed } from './detection/index.js';
import { CredentialSource, ExchangesModule, NoCredentials, NoSignedCalls, SignedCallLog } from './exchanges/index.js';
import { FeedModule, PortfolioFeed, RecorderProgress } from './feed/index.js';
import { HistoryModule } from './history/index.js';
import { KeysModule, VaultModule } from './keys/index.js';
import { AuthModule } from './platform/auth/index.js';
import { ClockModule } from './platform/clock/index.js';
import { type ClusterRole, type Settings, SettingsModule } from './platform/config/index.js';
import { HealthModule, type ReadinessCheck } from './platform/health/index.js';
import { type Log, LoggingModule } from './platform/logging/index.js';
import { MetricsModule } from './platform/metrics/index.js';
import { Database, PrismaModule } from './platform/prisma/index.js';
import { SettingsViewModule } from './platform/settings/index.js';
import { TokensModule } from './platform/tokens/index.js';
import { PortfolioModule } from './portfolio/index.js';
import { databaseCheck, detectionCheck } from './readiness-checks.js';

type Imports = NonNullable<DynamicModule['imports']>;

const brokerCheck = ({ broker, members }: ClusterLink): ReadinessCheck => ({
  name: 'nats',
  check: () => Promise.resolve(!broker.isUp ? 'is away' : members.isTrusted ? null : 'does not hear this member'),
});

/** Stands for the vault where a collector signs nothing. */
@Global()
@Module({
  providers: [
    { provide: CredentialSource, useClass: NoCredentials },
    { provide: SignedCallLog, useClass: NoSignedCalls },
  ],
  exports: [CredentialSource, SignedCallLog],
})
class WithoutVaultModule {}

/** Whether a collector is given what opens the stored keys. */
function signs({ databaseUrl, masterKey, masterKeyFile, transit }: Settings): boolean {
  return databaseUrl !== undefined && [masterKey, masterKeyFile, transit.url].some((one) => one !== undefined);
}

function collector(settings: Settings): Imports {
  return [
    ...(signs(settings) ? [PrismaModule.forSettings(), VaultModule] : [WithoutVaultModule]),
    ClusterModule.link(),
    AuthModule,
    ExchangesModule.over(ClusterModule.collected()),
    ClusterModule.collecting(signs(settings)),
    HealthModule.asking({ inject: [ClusterLink], useFactory: (link: ClusterLink) => [brokerCheck(link)] }),
  ];
}

function detector(): Imports {
  return [
    PrismaModule.forSettings(),
    ClusterModule.link(),
    AuthModule,
    ExchangesModule.over(ClusterModule.markets(new Set())),
    DetectionModule.local(),
    CaptureModule,
    ClusterModule.detecting(),
    HealthModule.asking({
      inject: [ClusterLink, DetectionService, Database],
      useFactory: (link: ClusterLink, detection: DetectionService, database: Database) => [
        brokerCheck(link),
        databaseCheck(database),
        detectionCheck(detection),
      ],
    }),
  ];
}

function gateway(): Imports {
  return [
    PrismaModule.forSettings(),
    ClusterModule.link(),
    AuthModule,
    TokensModule,
    ExchangesModule.over(ClusterModule.markets(null)),
    DetectionModule.over(ClusterModule.found(true)),
    ClusterModule.serving(RecorderProgress),
    HistoryModule.reading(),
    PortfolioModule.providing(PortfolioFeed),
    FeedModule,
    HealthModule.asking({
      inject: [ClusterLink, Database, OpportunityFeed],
      useFactory: (link: ClusterLink, database: Database, found: RemoteOpportunities) => [
        brokerCheck(link),
        databaseCheck(database),
        { name: 'opportunities', check: () => Promise.resolve(found.isReady ? null : 'are still read back') },
      ],
    }),
  ];
}

function recorder(): Imports {
  return [
    PrismaModule.forSettings(),
    ClusterModule.link(),
    AuthModule,
    ClusterModule.recording(),
    HistoryModule.recording(RowStore),
    HealthModule.asking({
      inject: [ClusterLink, Database],
      useFactory: (link: ClusterLink, database: Database) => [brokerCheck(link), databaseCheck(database)],
    }),
  ];
}

function keeper(): Imports {
  return [
    PrismaModule.forSettings(),
    ClusterModule.link(),
    AuthModule,
    TokensModule,
    VaultModule,
    ExchangesModule.probing(),
    // No books: alerts are about the states of exchanges.
    ExchangesModule.over(ClusterModule.markets(new Set())),
    KeysModule,
    ClusterModule.keeping(),
    AlertsModule,
    HealthModule.asking({
      inject: [ClusterLink, Database],
      useFactory: (link: ClusterLink, database: Database) => [brokerCheck(link), databaseCheck(database)],
    }),
  ];
}

const PARTS: Readonly<Record<ClusterRole, (settings: Settings) => Imports>> = {
  ...{ collector, detector, gateway, recorder, keeper },
};

/** The composition root of a process that works with others: the rooms of its role, joined by the broker. */
@Module({})
export class RoleModule {
  static using(settings: Settings & { readonly role: ClusterRole }, log: Log): DynamicModule {
    return {
      module: RoleModule,
      imports: [
        SettingsModule.using(settings),
        LoggingModule.using(log),
        ClockModule,
        ...PARTS[settings.role](settings),
        SettingsViewModule,
        MetricsModule,
      ],
    };
  }
}
