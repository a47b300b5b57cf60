import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { SETTINGS, type Settings } from '../../platform/config/index.js';
import { Log } from '../../platform/logging/index.js';
import { Database, type Queries } from '../../platform/prisma/index.js';
import { writeDurably } from '../durable-file.js';
import type { ChainPosition } from './audit-chain.js';

/** How soon after a line the file follows, milliseconds. */
const FOLLOW_MS = 50;
/** How much later the file is brought up to date once more: the transaction of a line may take longer than that. */
const AGAIN_MS = 1_000;
const RETRY_MS = 5_000;
const LINE = /^(\d{1,15}) ([0-9a-f]{64})\n?$/;

/**
 * Keeps the newest line of the audit outside of the database, in `dataDir/audit.head`: whoever cuts lines off the end of
 * the table leaves a chain that is whole, and only something outside of it can tell that it was longer.
 *
 * The file follows committed lines only, so it is never ahead of the table unless the table was cut. When the line that
 * it names is gone or another one, it is left as it is, so that later lines do not hide that.
 */
@Injectable()
export class AuditHead implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private timer: NodeJS.Timeout | null = null;
  private following: Promise<void> = Promise.resolve();
  private isBroken = false;
  private isEnded = false;

  constructor(
    private readonly database: Database,
    @Inject(SETTINGS) private readonly settings: Pick<Settings, 'dataDir'>,
    private readonly log: Log,
  ) {}

  get file(): string {
    return path.join(this.settings.dataDir, 'audit.head');
  }

  onApplicationBootstrap(): void {
    this.touch(0);
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.close();
  }

  /** Brings the file up to the newest committed line, and follows no more; to be called before the database is closed. */
  async close(): Promise<void> {
    await this.flush();
    this.isEnded = true;
    this.cancel();
  }

  /** Notes that a line was appended, in a transaction that may still run; the file follows shortly after its end. */
  touch(inMs: number = FOLLOW_MS): void {
    this.plan(inMs, true);
  }

  private plan(inMs: number, wantsAnotherLook: boolean): void {
    if (this.isEnded) return;
    this.cancel();
    this.timer = setTimeout(() => {
      this.timer = null;
      void this.flush().then(() => {
        // Whatever was found: it may be an earlier line, while the transaction of the newest still runs.
        if (wantsAnotherLook && !this.timer) this.plan(AGAIN_MS, false);
      });
    }, inMs).unref();
  }

  private cancel(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
  }

  /** Brings the file up to the newest committed line; a fault is told and tried again. */
  async flush(): Promise<void> {
    this.cancel();
    this.following = this.following.then(() => this.follow());
    await this.following;
  }

  /**
   * What the file holds, null when there is none.
   *
   * @throws {Error} When it cannot be read, or holds something else.
   */
  async read(): Promise<ChainPosition | null> {
    let text: string;
    try {
      text = await readFile(this.file, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
    const match = LINE.exec(text);
    if (!match) throw new Error(`${this.file} does not hold the number and digest of a line`);
    return { sequence: Number(match[1]), hash: match[2] ?? '' };
  }

  private async follow(): Promise<void> {
    try {
      const known = await this.read();
      if (known && !(await this.isInTable(known))) {
        if (!this.isBroken) {
          this.log.error('the audit was cut or rewritten: run "keys audit verify"', { line: known.sequence });
        }
        this.isBroken = true;
        return;
      }
      this.isBroken = false;
      const tail = await newestLine(this.database);
      if (!tail || tail.sequence === known?.sequence) return;
      await writeDurably(this.file, `${tail.sequence} ${tail.hash}\n`);
    } catch (error) {
      this.log.warn('audit.head could not follow the audit; retrying', { reason: (error as Error).message });
      this.touch(RETRY_MS);
    }
  }

  private async isInTable({ sequence, hash }: ChainPosition): Promise<boolean> {
    const rows = await this.database.query('SELECT 1 FROM audit_log WHERE sequence = $1 AND hash = $2', [
      sequence,
      hash,
    ]);
    return rows.length === 1;
  }
}

/** The newest line of the chain, null while there is none. */
export async function newestLine(q: Queries): Promise<ChainPosition | null> {
  const [row] = await q.query<{ sequence: string; hash: string | null }>(
    'SELECT sequence::text, hash FROM audit_log WHERE sequence IS NOT NULL ORDER BY audit_log.sequence DESC LIMIT 1',
  );
  return row ? { sequence: Number(row.sequence), hash: row.hash ?? '' } : null;
}
