/** Tells whose token a request shows, so that requests can be counted by it. Filled by whoever knows tokens. */
export abstract class RequestTokens {
  /** The name of the token; null for a request that shows none, or one that is not known. */
  abstract nameOf(headers: Readonly<Record<string, string | string[] | undefined>>): string | null;
}
