import { Injectable } from '@nestjs/common';
import type { Queries } from '../../platform/prisma/index.js';
import { CredentialsRepository } from '../credentials.repository.js';
import type { Keyring } from './keyring.js';
import type { MasterKey } from './master-key.js';
import { MasterKeySource } from './master-key-source.js';
import { wrongMasterKey } from './sealer.js';
import { IF_LOST, VaultError } from './vault.errors.js';

/** Attempts at seeing ring and rows together, while another process changes both. */
const ATTEMPTS = 3;

/** The ring of master keys of this process: unlocked once, then kept in memory. */
@Injectable()
export class MasterKeys {
  private held: Keyring | null = null;
  private opening: Promise<Keyring> | null = null;

  constructor(
    private readonly credentials: CredentialsRepository,
    private readonly source: MasterKeySource,
  ) {}

  /**
   * The ring in memory; read from its place at the first call.
   *
   * @throws {VaultError} When what is stored cannot be opened with the ring at hand; nothing is changed then.
   */
  async ring(): Promise<Keyring> {
    if (this.held) return this.held;
    // A fault is not kept: the database or the file may be there at the next attempt.
    this.opening ??= this.fresh().finally(() => {
      this.opening = null;
    });
    return this.opening;
  }

  /**
   * The ring as it stands at its place now: another process may have put a new key in front. A fault leaves the ring in
   * memory as it is, so that what is stored can still be opened.
   *
   * @param q - The transaction of who asks: it must not wait for a second connection while it holds one.
   * @throws {VaultError} As {@link MasterKeys.ring}.
   */
  async fresh(q?: Queries): Promise<Keyring> {
    this.held = await this.find(q);
    return this.held;
  }

  /** Where the ring is kept, and how. */
  get keptAt(): Pick<MasterKeySource, 'place' | 'isWritable' | 'lockKind'> {
    return this.source;
  }

  /** The ring at its place, null when none has been made yet: unlike the others, this makes none. */
  atItsPlace(): Promise<Keyring | null> {
    return this.source.load();
  }

  /**
   * Puts another ring in its place, first on the disk and then in memory.
   *
   * @throws {VaultError} As {@link MasterKeySource.replace}; the ring in memory is as it was then.
   */
  async replace(ring: Keyring): Promise<void> {
    await this.source.replace(ring);
    this.held = ring;
  }

  /** The key that a row says it was sealed with; null when it is in the ring neither in memory nor at its place. */
  async keyOf(kid: string): Promise<MasterKey | null> {
    return (await this.ring()).find(kid) ?? (await this.fresh()).find(kid);
  }

  /**
   * Reads a sealed row with the key that it names.
   *
   * @param read - Gives the row as it is now; null when it is gone.
   * @throws {VaultError} When it names a master key that is in no ring.
   */
  async withItsKey<Row extends { readonly kid: string }>(
    read: () => Promise<Row | null>,
  ): Promise<{ readonly row: Row; readonly masterKey: MasterKey } | null> {
    const first = await read();
    const found = first && (await this.keyOf(first.kid));
    if (first && found) return { row: first, masterKey: found };
    // A rotation may have sealed the row anew, and dropped the older key, since it was read.
    const row = first && (await read());
    const masterKey = row && (await this.keyOf(row.kid));
    if (row && masterKey) return { row, masterKey };
    if (row) throw wrongMasterKey(first.kid, (await this.ring()).kids.join(', '));
    return null;
  }

  private async find(q?: Queries): Promise<Keyring> {
    for (let attempt = 1; ; attempt += 1) {
      const kids = await this.credentials.kids(q);
      const found = await this.source.load();
      if (found === null && kids.length > 0) throw missing(kids, this.source.place);
      const ring = found ?? (await this.source.create());
      const strangers = kids.filter((kid) => ring.find(kid) === null);
      if (strangers.length === 0) return ring;
      // Between both looks a rotation elsewhere may have ended: then the next look sees no stranger any more.
      if (attempt >= ATTEMPTS) throw wrongMasterKey(strangers.join(', '), ring.kids.join(', '));
    }
  }
}

function missing(kids: readonly string[], place: string): VaultError {
  return new VaultError(
    'master_key_missing',
    `there are stored API keys, sealed with master key ${kids.join(', ')}, but ${place} does not exist`,
    `restore it from its backup, or give that key as masterKey; ${IF_LOST}`,
  );
}
