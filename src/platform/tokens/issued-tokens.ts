import { type BeforeApplicationShutdown, Injectable, type OnModuleInit } from '@nestjs/common';
import { TokenService } from '../auth/index.js';
import { Log } from '../logging/index.js';
import type { TokenInput } from './token-input.js';
import { TokenStore } from './token-store.js';
import type { NewToken, TokenView } from './token-view.js';

/** How often the table is read: a token that another process revoked ends here within this time. */
const READ_EVERY_MS = 5_000;
/** Uses are written once in so many readings. */
const READINGS_PER_WRITE = 6;

/** Lets the tokens of the database hold in this process, and writes down when they were used. */
@Injectable()
export class IssuedTokens implements OnModuleInit, BeforeApplicationShutdown {
  private timer: NodeJS.Timeout | null = null;
  private readings = 0;
  private isAway = false;
  /** One thing at a time, so that a reading that began before a change does not undo it. */
  private queue: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly store: TokenStore,
    private readonly tokens: TokenService,
    private readonly log: Log,
  ) {}

  async onModuleInit(): Promise<void> {
    this.tokens.issue(await this.store.grants());
    this.timer = setInterval(() => {
      void this.follow();
    }, READ_EVERY_MS).unref();
  }

  /** Writes the last uses; the database closes after this. */
  async beforeApplicationShutdown(): Promise<void> {
    if (this.timer) clearInterval(this.timer);
    await this.alone(() => this.told(() => this.writeUses()));
  }

  /** Every token, the newest first. */
  list(): Promise<TokenView[]> {
    return this.store.list();
  }

  /** Creates a token, which holds at once. See {@link TokenStore.create}. */
  create(input: TokenInput, createdBy: string): Promise<NewToken> {
    return this.alone(async () => {
      const created = await this.store.create(input, createdBy);
      await this.told(() => this.read());
      this.log.info('a token was created', { token: created.name, scopes: created.scopes, by: createdBy });
      return created;
    });
  }

  /** Revokes a token; what it gave ends before this returns. See {@link TokenStore.revoke}. */
  revoke(id: string, by: string): Promise<void> {
    return this.alone(async () => {
      await this.store.revoke(id);
      this.tokens.end(id);
      this.log.info('a token was revoked', { id, by });
    });
  }

  /** Reads what other processes changed, and now and then writes the uses. */
  follow(): Promise<void> {
    return this.alone(() =>
      this.told(async () => {
        await this.read();
        this.readings += 1;
        if (this.readings % READINGS_PER_WRITE === 0) await this.writeUses();
      }),
    );
  }

  private async read(): Promise<void> {
    this.tokens.issue(await this.store.grants());
  }

  private async writeUses(): Promise<void> {
    const uses = this.tokens.takeUses();
    if (uses.size > 0) await this.store.markUsed(uses);
  }

  private alone<T>(work: () => Promise<T>): Promise<T> {
    const next = this.queue.then(work);
    this.queue = next.catch(() => undefined); // Whoever asked for it is told; the next one goes on.
    return next;
  }

  /** While the database is away the tokens that are known go on; told once. */
  private async told(work: () => Promise<void>): Promise<void> {
    try {
      await work();
      this.isAway = false;
    } catch (error) {
      if (!this.isAway) {
        this.log.warn('the tokens cannot be read or their uses written now; those that are known go on', {
          error: error instanceof Error ? error.message : String(error),
        });
      }
      this.isAway = true;
    }
  }
}
