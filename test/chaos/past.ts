import type { Opportunity } from '../../src/core/opportunity/opportunity.js';

interface Page {
  readonly data: readonly Opportunity[];
  readonly nextCursor: string | null;
}

/** Most pages of one reading: a hundred thousand rows. */
const MOST_PAGES = 100;

/** Reads every stored opportunity by REST, as a client that fills a gap does; by id, and each that came twice. */
export async function readPast(
  url: string,
  query: Readonly<Record<string, string>> = {},
): Promise<{ byId: Map<string, Opportunity>; twice: string[] }> {
  const byId = new Map<string, Opportunity>();
  const twice: string[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const asked = new URLSearchParams({
      ...query,
      limit: '1000',
      sort: 'openedAt',
      ...(cursor !== null && { cursor }),
    });
    const response = await fetch(`${url}/v1/opportunities?${asked.toString()}`);
    const text = await response.text();
    if (!response.ok) throw new Error(`the past answered ${response.status}: ${text}`);
    const { data, nextCursor } = JSON.parse(text) as Page;
    for (const one of data) {
      if (byId.has(one.id)) twice.push(one.id);
      byId.set(one.id, one);
    }
    if (nextCursor === null) return { byId, twice };
    cursor = nextCursor;
  }
  throw new Error(`more than ${MOST_PAGES} pages`);
}
