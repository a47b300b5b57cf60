import { type KeyView, OfflineKeys } from '../keys/index.js';
import { SystemClock } from '../platform/clock/index.js';
import type { Settings } from '../platform/config/index.js';
import { openLog } from '../platform/logging/index.js';
import { type OpenDatabase, openDatabase } from '../platform/prisma/index.js';
import { CliError } from './cli.errors.js';
import type { KeyInput, KeysClient } from './keys-client.js';

const ACTOR = 'command line';

/** Opens the data directory itself; for when no service runs. */
export class LocalKeysClient implements KeysClient {
  private constructor(
    private readonly opened: OpenDatabase,
    private readonly keys: OfflineKeys,
  ) {}

  /** @throws {DatabaseError} When a service holds the data directory after all. */
  static async open(settings: Settings): Promise<LocalKeysClient> {
    const log = openLog(settings.logLevel === 'info' ? 'warn' : settings.logLevel);
    const opened = await openDatabase(settings, log);
    const { database } = opened;
    return new LocalKeysClient(opened, OfflineKeys.over({ database, settings, clock: new SystemClock(), log }));
  }

  list(): Promise<readonly KeyView[]> {
    return this.keys.list();
  }

  add(key: KeyInput): Promise<KeyView> {
    return this.keys.add(key, ACTOR);
  }

  check(): Promise<KeyView> {
    return Promise.reject(
      new CliError('no service is running, and it is the service that checks keys; start it: npm start'),
    );
  }

  disable(id: string): Promise<KeyView> {
    return this.keys.disable(id, ACTOR);
  }

  remove(id: string): Promise<void> {
    return this.keys.remove(id, ACTOR);
  }

  close(): Promise<void> {
    return this.opened.close();
  }
}
