import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { writeDurablySync } from '../durable-file.js';

/** A key that was stopped, and whose stored secret must still be shredded. */
export interface PendingShred {
  readonly id: string;
  readonly exchange: string;
  /** When it was stopped, epoch ms. */
  readonly atMs: number;
  readonly actor: string;
}

/**
 * Remembers on disk, outside of the database, which keys were stopped: when the database is away and the service ends
 * before it comes back, the next start must not sign with them again. Holds no secret.
 */
export class PendingShreds {
  private readonly file: string;

  /** @param dataDir - Where `compromised.pending` is kept while there is any. */
  constructor(dataDir: string) {
    this.file = path.join(dataDir, 'compromised.pending');
  }

  /**
   * What an earlier run left.
   *
   * @throws {Error} When the file cannot be read: it would be wrong to sign then.
   */
  read(): PendingShred[] {
    try {
      return JSON.parse(readFileSync(this.file, 'utf8')) as PendingShred[];
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      const reason = (error as Error).message;
      const message = `${this.file} cannot be read (${reason}); mark the keys as compromised again, then delete it`;
      throw new Error(message, { cause: error });
    }
  }

  /** Replaces what is remembered, durably; nothing left removes the file. */
  write(pending: readonly PendingShred[]): void {
    if (pending.length === 0) {
      rmSync(this.file, { force: true });
      return;
    }
    writeDurablySync(this.file, JSON.stringify(pending));
  }
}
