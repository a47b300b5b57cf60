import { token } from './session.js';

/** An answer of the service that is no success, in its own words. */
export class Problem extends Error {
  override readonly name = 'Problem';

  /**
   * @param status - HTTP status, 0 where nobody answered.
   * @param code - Stable code.
   * @param message - For people.
   * @param field - The field that is wrong, where one is.
   */
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly field: string | null = null,
  ) {
    super(message);
  }
}

/** Parameters of a query; those that are empty are left out. */
export type Query = Readonly<Record<string, string | number | undefined>>;

/** A path with its query. */
export function withQuery(path: string, query: Query): string {
  const given = Object.entries(query).flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [[name, String(value)]],
  );
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given).toString()}`;
}

/**
 * Asks the service.
 *
 * @throws {Problem} Where it refuses, or nobody answers.
 */
export async function ask<T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<T> {
  return call<T>('GET', withQuery(path, query), undefined, signal);
}

/**
 * Calls the service.
 *
 * @throws {Problem} Where it refuses, or nobody answers.
 */
export async function call<T>(method: string, target: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  const headers: Record<string, string> = { accept: 'application/json' };
  if (token.value !== '') headers['authorization'] = `Bearer ${token.value}`;
  if (body !== undefined) headers['content-type'] = 'application/json';
  let response: Response;
  try {
    response = await fetch(target, {
      method,
      headers,
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(signal && { signal }),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Problem(0, 'unreachable', 'the service does not answer');
  }
  if (response.status === 204) return undefined as T;
  const text = await response.text();
  if (response.ok) return JSON.parse(text) as T;
  throw problemOf(response.status, text);
}

function problemOf(status: number, text: string): Problem {
  try {
    const { code, detail, field } = JSON.parse(text) as { code: string; detail: string; field?: string };
    return new Problem(status, code, detail, field ?? null);
  } catch {
    return new Problem(status, `http_${status}`, text.slice(0, 200));
  }
}
