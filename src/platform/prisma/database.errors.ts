/** What went wrong with the database, without any value of a row and without credentials. */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError';

  /**
   * @param code - SQLSTATE, a system code (`ECONNREFUSED`) or one of our own snake_case codes.
   * @param message - What is wrong and, where there is one, the remedy.
   * @param isRetryable - The same call may succeed later: the server is away, busy or restarting.
   * @param options - The cause; it may hold values of rows, so it is never logged.
   */
  constructor(
    readonly code: string,
    message: string,
    readonly isRetryable: boolean,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/**
 * SQLSTATE classes and codes after which the same statement may succeed: connection (08), lack of resources (53),
 * operator intervention (57), serialisation and deadlock (40); see PostgreSQL's appendix A.
 */
const RETRYABLE_STATE = /^(08|53|57|40|25006|55P03|58030)/;
/** node-postgres reports these without any code. */
const RETRYABLE_MESSAGE = /terminated|timeout|connection ended|not queryable|ended unexpectedly/i;

/**
 * Turns a fault of the driver into ours.
 *
 * @param fault - Whatever node-postgres threw.
 * @returns The fault with a code, retryable or not, and the cause kept.
 */
export function toDatabaseError(fault: unknown): DatabaseError {
  if (fault instanceof DatabaseError) return fault;
  const cause = fault instanceof AggregateError ? (fault.errors[0] as unknown) : fault;
  const code = (cause as { code?: unknown } | undefined)?.code;
  const message = cause instanceof Error ? cause.message : String(cause);
  if (typeof code !== 'string') {
    return new DatabaseError('connection', message, RETRYABLE_MESSAGE.test(message), { cause: fault });
  }
  const isRetryable =
    code.length === 5 && /^[0-9A-Z]{5}$/.test(code) ? RETRYABLE_STATE.test(code) : /^E[A-Z_]+$/.test(code);
  return new DatabaseError(code, message, isRetryable, { cause: fault });
}
