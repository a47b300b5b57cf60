import { createHash } from 'node:crypto';
import path from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import { SETTINGS, type Settings } from '../../platform/config/index.js';
import { Log } from '../../platform/logging/index.js';
import { replaceDurably, writeOnce } from '../durable-file.js';
import { isMissing, readGuarded } from './guarded-file.js';
import { Keyring } from './keyring.js';
import { assertSameLock, readLockedText, writeLockedText } from './locked-text.js';
import type { KeyringLock, LockKind } from './locks/keyring-lock.js';
import { lockFromSettings, type LockSettings } from './locks/lock-from-settings.js';
import { PlainLock } from './locks/plain.lock.js';
import { MASTER_KEY_BYTES, MasterKey } from './master-key.js';
import { MasterKeySource } from './master-key-source.js';
import { VaultError } from './vault.errors.js';

type MasterKeySettings = Pick<Settings, 'dataDir' | 'masterKey' | 'masterKeyFile'> & LockSettings;

const HOW_TO_MAKE = 'make one with: openssl rand -base64 32';

/**
 * Takes the master keys from the setting `masterKey`, else from `masterKeyFile`, else from a file that it makes in
 * `dataDir`; a file may be locked.
 */
@Injectable()
export class SettingsMasterKeySource extends MasterKeySource {
  /** What was loaded last, and the digest of the text that it came from. */
  private loaded: { readonly digest: string; readonly ring: Keyring } | null = null;
  private chosenLock: KeyringLock | null = null;

  constructor(
    @Inject(SETTINGS) private readonly settings: MasterKeySettings,
    private readonly log: Log,
  ) {
    super();
  }

  override get place(): string {
    return this.isWritable ? this.file : 'masterKey (CROSSBOOK_MASTER_KEY)';
  }

  override get isWritable(): boolean {
    return this.settings.masterKey === undefined;
  }

  override get lockKind(): LockKind {
    return this.lock.kind;
  }

  override async load(): Promise<Keyring | null> {
    const { lock } = this; // Settings that contradict each other are told before anything is read.
    const { masterKey } = this.settings;
    const text = masterKey ?? (await this.read());
    if (text === null) {
      this.loaded = null;
      return null;
    }
    const digest = digestOf(text);
    if (this.loaded?.digest === digest) return this.loaded.ring;
    const ring = masterKey === undefined ? await this.open(text, lock) : Keyring.parse(text, this.place, HOW_TO_MAKE);
    this.loaded = { digest, ring };
    return ring;
  }

  override async create(): Promise<Keyring> {
    const ring = Keyring.of(MasterKey.make(Date.now()));
    const isNew = await writeOnce(this.file, await this.textOf(ring, this.lock));
    if (!isNew) {
      const theirs = await this.load();
      if (theirs) return theirs;
    }
    this.tellNew(ring);
    return ring;
  }

  override async replace(ring: Keyring): Promise<void> {
    const before = this.loaded?.ring;
    await this.write(await this.textOf(ring, this.lock), ring);
    if (before?.find(ring.current.kid) === null) this.tellNew(ring);
  }

  /**
   * Locks the file as the settings ask for.
   *
   * @returns False when it is locked so already.
   * @throws {VaultError} When they ask for no lock, or the file has another one.
   */
  async lockFile(): Promise<boolean> {
    if (this.lock.kind === 'none') {
      const remedy = 'set masterPassphraseFile, masterPassphrase or transit.url first';
      throw new VaultError('master_lock_settings', 'the settings name nothing that could lock the master key', remedy);
    }
    return this.changeLock('none', this.lock);
  }

  /**
   * Writes the file without its lock; the settings must still name the lock that it has.
   *
   * @returns False when it has none.
   */
  async unlockFile(): Promise<boolean> {
    return this.changeLock(this.lock.kind, new PlainLock());
  }

  private tellNew({ current }: Keyring): void {
    this.log.warn('a new master key was made; back it up: without it the stored API keys cannot be opened', {
      file: this.file,
      kid: current.kid,
    });
  }

  private async changeLock(from: LockKind, to: KeyringLock): Promise<boolean> {
    const text = await readGuarded(this.whenMissing('start the service once, which makes it'));
    const { kind } = readLockedText(text, this.file);
    if (kind === to.kind) return false;
    if (kind !== from) assertSameLock(kind, this.lock, this.file);
    const ring = await this.open(text, from === 'none' ? new PlainLock() : this.lock);
    this.loaded = { digest: digestOf(text), ring };
    await this.write(await this.textOf(ring, to), ring);
    return true;
  }

  private get lock(): KeyringLock {
    return (this.chosenLock ??= lockFromSettings(this.settings));
  }

  private get file(): string {
    return this.settings.masterKeyFile ?? path.join(this.settings.dataDir, 'master.key');
  }

  private async read(): Promise<string | null> {
    const remedy = `put a base64 key of ${MASTER_KEY_BYTES} bytes there, or unset masterKeyFile; ${HOW_TO_MAKE}`;
    try {
      return await readGuarded(this.whenMissing(remedy));
    } catch (error) {
      if (this.settings.masterKeyFile === undefined && isMissing(error)) return null;
      throw error;
    }
  }

  private whenMissing(remedy: string): Parameters<typeof readGuarded>[0] {
    return { file: this.file, unreadable: 'master_key_unreadable', whenMissing: remedy };
  }

  private async open(text: string, lock: KeyringLock): Promise<Keyring> {
    const { kind, payload } = readLockedText(text, this.file);
    assertSameLock(kind, lock, this.file);
    const plain = await lock.unlock(payload);
    return Keyring.parse(new TextDecoder().decode(plain), this.file, 'restore it from its backup');
  }

  private async textOf(ring: Keyring, lock: KeyringLock): Promise<string> {
    return writeLockedText(lock.kind, await lock.lock(new TextEncoder().encode(ring.reveal())));
  }

  private async write(text: string, ring: Keyring): Promise<void> {
    const now = await this.read();
    if (now === null || digestOf(now) !== this.loaded?.digest) {
      const what = `${this.file} was changed by another process meanwhile`;
      throw new VaultError('master_key_changed', what, 'nothing was written; run it again');
    }
    try {
      await replaceDurably(this.file, text);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? 'error';
      throw new VaultError(
        'master_key_unwritable',
        `${this.file} cannot be written (${code})`,
        'give the user of this process the right to write its directory; the file is as it was',
        { cause: error },
      );
    }
    this.loaded = { digest: digestOf(text), ring };
  }
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
