import type { AccountReading, ReadingTrouble } from '../core/portfolio/account-reading.js';
import type { AccountBalanceSheet, AccountState } from '../core/portfolio/portfolio.js';
import type { KeyView } from '../keys/index.js';

/** What account sheets are made of. */
export interface SheetSources {
  readonly keys: readonly KeyView[];
  readonly readings: readonly AccountReading[];
  /** ccxt ids of the exchanges that are watched; accounts of others are read by nobody. */
  readonly exchanges: ReadonlySet<string>;
  /** An older reading is stale. */
  readonly maxAgeMs: number;
  readonly nowMs: number;
}

/**
 * Makes one sheet per exchange that has a key for its balances, in the order of the keys. What was read with a key that is
 * stored no more, or rests, is not shown.
 */
export function accountSheets(sources: SheetSources): AccountBalanceSheet[] {
  const readings = new Map(sources.readings.map((reading) => [reading.exchange, reading]));
  const byExchange = new Map<string, [KeyView, ...KeyView[]]>();
  for (const key of sources.keys) {
    if (key.state !== 'active' || !key.purposes.includes('balances')) continue;
    const others = byExchange.get(key.exchange);
    if (others) others.push(key);
    else byExchange.set(key.exchange, [key]);
  }
  return [...byExchange].map(([exchange, keys]) => sheetOf(exchange, keys, readings.get(exchange), sources));
}

function sheetOf(
  exchange: string,
  keys: readonly [KeyView, ...KeyView[]],
  reading: AccountReading | undefined,
  { exchanges, maxAgeMs, nowMs }: SheetSources,
): AccountBalanceSheet {
  const [first] = keys;
  const reader = keys.find(({ id }) => id === reading?.keyId);
  const { account, label, id: keyId } = reader ?? first;
  const known = reader ? reading : undefined;
  const state = stateOf(known, maxAgeMs, nowMs);
  const reason = exchanges.has(exchange) ? reasonOf(known, reader ?? first) : notWatched(exchange);
  const asOfMs = known?.asOfMs ?? null;
  const ageMs = asOfMs === null ? null : Math.max(0, nowMs - asOfMs);
  return { exchange, account, label, keyId, state, reason, asOfMs, ageMs, assets: known?.assets ?? [] };
}

function stateOf(reading: AccountReading | undefined, maxAgeMs: number, nowMs: number): AccountState {
  if (!reading) return 'pending';
  if (reading.state !== 'known' || reading.asOfMs === null) return reading.state === 'lost' ? 'lost' : 'pending';
  return nowMs - reading.asOfMs > maxAgeMs ? 'stale' : 'fresh';
}

/** What the check of the key found says more than that it signs nothing. */
function reasonOf(reading: AccountReading | undefined, key: KeyView): ReadingTrouble | null {
  const trouble = reading?.trouble ?? null;
  const isRead = reading?.state === 'known' && trouble === null;
  if (isRead || (trouble !== null && trouble.code !== 'no_key')) return trouble;
  const finding = key.findings.find(({ severity }) => severity === 'critical');
  return finding ? { code: finding.code.toLowerCase(), message: `${finding.seen}; ${finding.remedy}` } : trouble;
}

function notWatched(exchange: string): ReadingTrouble {
  return { code: 'not_watched', message: `${exchange} is not watched: add it to the setting exchanges` };
}
