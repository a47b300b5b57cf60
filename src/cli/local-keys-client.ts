import { userInfo } from 'node:os';
import {
  type AuditReport,
  type AuditView,
  type Compromised,
  type KeyView,
  type ManyCompromised,
  OfflineKeys,
  type UsageCall,
} from '../keys/index.js';
import { SystemClock } from '../platform/clock/index.js';
import { commandText, type Settings } from '../platform/config/index.js';
import { openLog } from '../platform/logging/index.js';
import { type OpenDatabase, openDatabase } from '../platform/prisma/index.js';
import { CliError } from './cli.errors.js';
import type { KeyInput, KeysClient, Query } from './keys-client.js';

/** Who is written into the audit: the user of the machine, as far as it knows one. */
export function localActor(): string {
  try {
    return `command line (${userInfo().username})`;
  } catch {
    return `command line (uid ${process.getuid?.() ?? 'unknown'})`; // A user without an entry, as in some containers.
  }
}

/** Opens the data directory itself; for when no service runs. */
export class LocalKeysClient implements KeysClient {
  private readonly actor = localActor();

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
    return this.keys.add(key, this.actor);
  }

  check(): Promise<KeyView> {
    return needsService('checks keys');
  }

  rotate(): Promise<KeyView> {
    return needsService('asks the exchange about the new key before it takes over');
  }

  acknowledge(): Promise<KeyView> {
    return Promise.reject(
      new CliError(
        `no service is running, and it is the service that compares keys with what is accepted: ${commandText('start')}`,
      ),
    );
  }

  disable(id: string): Promise<KeyView> {
    return this.keys.disable(id, this.actor);
  }

  compromise(id: string): Promise<Compromised> {
    return this.keys.compromise(id, this.actor);
  }

  compromiseMany(which: { readonly exchange: string } | { readonly all: true }): Promise<ManyCompromised> {
    return this.keys.compromiseMany(which, this.actor);
  }

  remove(id: string): Promise<void> {
    return this.keys.remove(id, this.actor);
  }

  usage(id: string, query: Query): AsyncIterable<UsageCall> {
    return this.keys.usage(id, query);
  }

  async audit(query: Query): Promise<readonly AuditView[]> {
    return (await this.keys.auditPage(query)).data;
  }

  verifyAudit(): Promise<AuditReport> {
    return this.keys.verifyAudit();
  }

  async close(): Promise<void> {
    await this.keys.close();
    await this.opened.close();
  }
}

function needsService(what: string): Promise<never> {
  const start = commandText('start');
  return Promise.reject(new CliError(`no service is running, and it is the service that ${what}; start it: ${start}`));
}
