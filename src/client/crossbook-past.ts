import { ClientError } from './client.error.js';
import type { WireOpportunity } from './wire.js';

/** Rows of a page, the most that the service gives. */
const PAGE_ROWS = 1_000;
/** Attempts at one page before a service that is busy or has no database is given up. */
const MOST_ATTEMPTS = 5;
/** Between two attempts where the service names no time, milliseconds. */
const RETRY_MS = 1_000;
const LONGEST_WAIT_MS = 60_000;
/** Where the last message of a stream was on its way while it was recorded, milliseconds. */
const OVERLAP_MS = 1_000;

/** How to reach the service. */
export interface PastOptions {
  /** `http://127.0.0.1:8080`; never with a token in it. */
  readonly url: string;
  /** A token with the scope `history`, where one is needed. */
  readonly token?: string;
  /** Default: the platform's. */
  readonly fetch?: typeof fetch;
}

/** Parameters of a list, as docs/history.md tells them. */
export type PastQuery = Readonly<Record<string, string | number>>;

/** What a client that was away knows. */
export interface Away {
  /** `sentAtMs` of the last message that it has, epoch ms. */
  readonly sentAtMs: number;
  /** Ids of the opportunities that were open then. */
  readonly open: Iterable<string>;
}

interface Page<T> {
  readonly data: readonly T[];
  readonly nextCursor: string | null;
}

/** Reads the past by REST: lists page by page, and what happened while a client of the stream was away. */
export class CrossbookPast {
  constructor(private readonly options: PastOptions) {}

  /**
   * Reads a list to its end, one page at a time, the next when the one before was taken.
   *
   * @param path - Such as `/v1/opportunities`, `/v1/spreads` or `/v1/refusals`.
   * @param query - Its parameters; without `limit` the largest pages.
   * @throws {ClientError} With the code of the problem that the service tells, or `unreachable`.
   */
  async *list<T>(path: string, query: PastQuery = {}): AsyncGenerator<T> {
    let cursor: string | null = null;
    do {
      const page: Page<T> = await this.get(path, { limit: PAGE_ROWS, ...query, ...(cursor !== null && { cursor }) });
      yield* page.data;
      cursor = page.nextCursor;
    } while (cursor !== null);
  }

  /**
   * Reads one answer; waits as the service asks while it is busy or its database away.
   *
   * @throws {ClientError} With the code of the problem that the service tells, or `unreachable`.
   */
  async get<T>(path: string, query: PastQuery = {}): Promise<T> {
    const url = new URL(path, this.options.url);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value));
    for (let attempt = 1; ; attempt += 1) {
      const response = await this.ask(url);
      if (response.ok) return (await response.json()) as T;
      const isPassing = response.status === 429 || response.status === 503;
      if (!isPassing || attempt === MOST_ATTEMPTS) throw await problemOf(response);
      await response.body?.cancel();
      await wait(response.headers.get('Retry-After'));
    }
  }

  /**
   * What happened between the last message before a cut and a new snapshot, where the stream could not resume (another
   * `epoch`, or too long away): the opportunities that opened meanwhile, and the present state of those that were open.
   * One that the stream told already may come again; its `revision` tells.
   *
   * @param away - What the client knows.
   * @throws {ClientError} As {@link CrossbookPast.list}.
   */
  async *missed({ sentAtMs, open }: Away): AsyncGenerator<WireOpportunity> {
    const told = new Set<string>();
    const query = { from: Math.floor(sentAtMs - OVERLAP_MS), sort: 'openedAt' };
    for await (const opportunity of this.list<WireOpportunity>('/v1/opportunities', query)) {
      told.add(opportunity.id);
      yield opportunity;
    }
    for (const id of open) if (!told.has(id)) yield* this.one(id);
  }

  /** One by its id; nothing where the end of its service came before it was stored. */
  private async *one(id: string): AsyncGenerator<WireOpportunity> {
    try {
      yield await this.get<WireOpportunity>(`/v1/opportunities/${encodeURIComponent(id)}`);
    } catch (error) {
      if (!(error instanceof ClientError) || error.code !== 'no_such_opportunity') throw error;
    }
  }

  private async ask(url: URL): Promise<Response> {
    const { token, fetch: given } = this.options;
    const headers: Record<string, string> = { accept: 'application/json' };
    if (token !== undefined) headers['authorization'] = `Bearer ${token}`;
    try {
      return await (given ?? fetch)(url, { headers });
    } catch (error) {
      throw new ClientError('unreachable', `${url.origin}: ${(error as Error).message}`);
    }
  }
}

async function problemOf(response: Response): Promise<ClientError> {
  const text = await response.text();
  try {
    const { code, detail } = JSON.parse(text) as { code: string; detail: string };
    return new ClientError(code, detail);
  } catch {
    // Not of the service: a proxy between, say.
    return new ClientError(`http_${response.status}`, text.slice(0, 200));
  }
}

function wait(retryAfter: string | null): Promise<void> {
  const seconds = Number(retryAfter);
  const waitMs = retryAfter !== null && seconds > 0 ? Math.min(seconds * 1_000, LONGEST_WAIT_MS) : RETRY_MS;
  return new Promise((resolve) => setTimeout(resolve, waitMs));
}
