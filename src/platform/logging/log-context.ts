import { AsyncLocalStorage } from 'node:async_hooks';

/** Fields of which one value names a piece of work: every line about it can be found by them. */
export interface LogFields {
  readonly requestId?: string;
  readonly connectionId?: string;
  readonly keyId?: string;
}

/**
 * Work under way, with the fields that the lines made during it carry.
 *
 * What it starts and leaves behind, a socket or a timer, keeps the context for as long as it lives; lines of that are no
 * lines of the work any more, so a context that ended gives no fields.
 */
export class LogContext {
  private isOver = false;
  private readonly around = storage.getStore();

  constructor(private readonly own: LogFields) {}

  /** Runs work, and whatever it awaits or starts, within this context. */
  run<T>(work: () => T): T {
    return storage.run(this, work);
  }

  /** The work is done. */
  end(): void {
    this.isOver = true;
  }

  /** Its own fields and those of the work that it is part of; its own come first. */
  fields(): LogFields {
    const outer = this.around?.fields();
    if (this.isOver) return outer ?? {};
    return { ...outer, ...this.own };
  }
}

const storage = new AsyncLocalStorage<LogContext>();

/** The fields of the work that this line is made during. */
export function contextFields(): LogFields | undefined {
  return storage.getStore()?.fields();
}

/**
 * Runs work so that every line of the log made during it carries these fields.
 *
 * @param fields - Names of the work; never a secret.
 * @param work - The work; the context ends with the promise that it returns.
 * @returns What the work returns.
 */
export function withLogFields<T>(fields: LogFields, work: () => Promise<T>): Promise<T> {
  const context = new LogContext(fields);
  return context.run(work).finally(() => {
    context.end();
  });
}
