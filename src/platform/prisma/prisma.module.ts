import { type DynamicModule, Global, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { SETTINGS, type Settings } from '../config/index.js';
import { Log } from '../logging/index.js';
import { Database } from './database.js';
import { PrismaClient } from './generated/client.js';
import { openDatabase, type OpenDatabase } from './open-database.js';

const OPEN_DATABASE = Symbol('OPEN_DATABASE');

/**
 * Gives {@link Database} and `PrismaClient` to every feature.
 *
 * The database is opened while the application is composed, so that nothing starts without it, and closed in the last
 * phase of shutdown: whoever still has rows to write does so in `beforeApplicationShutdown` at the latest.
 */
@Global()
@Module({})
export class PrismaModule implements OnApplicationShutdown {
  constructor(@Inject(OPEN_DATABASE) private readonly opened: OpenDatabase) {}

  /** Opens the database that the settings name. */
  static forSettings(): DynamicModule {
    return moduleWith({
      provide: OPEN_DATABASE,
      inject: [SETTINGS, Log],
      useFactory: (settings: Settings, log: Log) => openDatabase(settings, log),
    });
  }

  /** Uses a database that is open already; it is closed with the application all the same. */
  static using(opened: OpenDatabase): DynamicModule {
    return moduleWith({ provide: OPEN_DATABASE, useValue: opened });
  }

  async onApplicationShutdown(): Promise<void> {
    await this.opened.close();
  }
}

function moduleWith(provider: NonNullable<DynamicModule['providers']>[number]): DynamicModule {
  return {
    module: PrismaModule,
    providers: [
      provider,
      { provide: Database, inject: [OPEN_DATABASE], useFactory: (opened: OpenDatabase) => opened.database },
      { provide: PrismaClient, inject: [OPEN_DATABASE], useFactory: (opened: OpenDatabase) => opened.prisma },
    ],
    exports: [Database, PrismaClient],
  };
}
