/** What a transaction may do: the same queries, on one connection. */
export type Queries = Pick<Database, 'query'>;

/**
 * The one PostgreSQL database of the service, embedded or the user's own.
 *
 * Text is SQL with `$1` placeholders; values never stand in the text. `bigint` and `numeric` come back as strings,
 * `timestamptz` as a Date, `jsonb` parsed.
 */
export abstract class Database {
  /**
   * Runs one statement.
   *
   * @param signal - Ends it at the server too, for readers that may leave; it costs a check-out of a connection.
   * @throws {DatabaseError} With the SQLSTATE as code; retryable when the server is away or asks to try again. One that
   *   the signal ended is `57014`.
   */
  abstract query<T extends object>(sql: string, params?: readonly unknown[], signal?: AbortSignal): Promise<T[]>;

  /**
   * Runs several statements as one: all of them hold, or none when `work` throws.
   *
   * @throws {DatabaseError} As {@link Database.query}; whatever `work` throws comes through unchanged.
   */
  abstract transaction<T>(work: (queries: Queries) => Promise<T>): Promise<T>;
}
