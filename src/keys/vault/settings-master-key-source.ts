import { randomBytes, randomUUID } from 'node:crypto';
import { link, mkdir, open, readFile, stat, unlink } from 'node:fs/promises';
import path from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import { SETTINGS, type Settings } from '../../platform/config/index.js';
import { Log } from '../../platform/logging/index.js';
import { MASTER_KEY_BYTES, MasterKey } from './master-key.js';
import { MasterKeySource } from './master-key-source.js';
import { VaultError } from './vault.errors.js';

type MasterKeySettings = Pick<Settings, 'dataDir' | 'masterKey' | 'masterKeyFile'>;

const BASE64 = /^[A-Za-z0-9+/_-]+={0,2}$/;
const HOW_TO_MAKE = 'make one with: openssl rand -base64 32';

/** Takes the master key from the setting `masterKey`, else `masterKeyFile`, else a file that it makes in `dataDir`. */
@Injectable()
export class SettingsMasterKeySource extends MasterKeySource {
  constructor(
    @Inject(SETTINGS) private readonly settings: MasterKeySettings,
    private readonly log: Log,
  ) {
    super();
  }

  override get place(): string {
    if (this.settings.masterKey !== undefined) return 'masterKey (CROSSBOOK_MASTER_KEY)';
    return this.file;
  }

  override async load(): Promise<MasterKey | null> {
    const { masterKey } = this.settings;
    if (masterKey !== undefined) return parse(masterKey, this.place, HOW_TO_MAKE);
    const text = await this.read();
    return text === null ? null : parse(text, this.file, 'restore it from its backup');
  }

  override async create(): Promise<MasterKey> {
    const bytes = randomBytes(MASTER_KEY_BYTES);
    const isNew = await writeOnce(this.file, `${bytes.toString('base64')}\n`);
    if (!isNew) {
      const theirs = await this.load();
      if (theirs) return theirs;
    }
    const key = new MasterKey(bytes);
    this.log.warn('a new master key was made; back it up: without it the stored API keys cannot be opened', {
      file: this.file,
      kid: key.kid,
    });
    return key;
  }

  private get file(): string {
    return this.settings.masterKeyFile ?? path.join(this.settings.dataDir, 'master.key');
  }

  private async read(): Promise<string | null> {
    try {
      const { mode } = await stat(this.file);
      // Windows keeps no such bits.
      if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
        throw new VaultError(
          'master_key_exposed',
          `${this.file} can be read by others (mode ${(mode & 0o777).toString(8).padStart(4, '0')})`,
          `run: chmod 600 ${this.file}`,
        );
      }
      return await readFile(this.file, 'utf8');
    } catch (error) {
      if (error instanceof VaultError) throw error;
      const code = (error as NodeJS.ErrnoException).code ?? 'error';
      if (code === 'ENOENT' && this.settings.masterKeyFile === undefined) return null;
      const remedy =
        code === 'ENOENT'
          ? `put a base64 key of ${MASTER_KEY_BYTES} bytes there, or unset masterKeyFile; ${HOW_TO_MAKE}`
          : 'give the user of this process the right to read it';
      throw new VaultError('master_key_unreadable', `${this.file} cannot be read (${code})`, remedy, { cause: error });
    }
  }
}

function parse(text: string, place: string, remedy: string): MasterKey {
  const trimmed = text.trim();
  const bytes = BASE64.test(trimmed) ? Buffer.from(trimmed, 'base64') : Buffer.alloc(0);
  if (bytes.length !== MASTER_KEY_BYTES) {
    const what = `${place} must hold ${MASTER_KEY_BYTES} bytes in base64`;
    const was = bytes.length === 0 ? 'it holds something else' : `it holds ${bytes.length}`;
    throw new VaultError('master_key_malformed', `${what}, ${was}`, remedy);
  }
  return new MasterKey(bytes);
}

/** Writes a whole file that appears at once or not at all; false when another process was first. */
async function writeOnce(file: string, text: string): Promise<boolean> {
  await mkdir(path.dirname(file), { recursive: true });
  const part = `${file}.${randomUUID()}`;
  const handle = await open(part, 'wx', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  try {
    await link(part, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await unlink(part);
  }
}
