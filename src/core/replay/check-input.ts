import type { DetectionInput } from '../input/market-event.js';
import { type Check, flag, listOf, number, object, oneOf, orAbsent, orNull, text } from './shape.js';

const instrument = object({ exchange: text, symbol: text });

// Whether they are prices and sizes is the book's to judge.
const levels: Check = (value, at) => {
  if (!Array.isArray(value) || value.length % 2 !== 0) return `${at} must be a list of price, size, price, size …`;
  for (const each of value) if (typeof each !== 'number') return `${at} must hold numbers only`;
  return null;
};

const update = object({
  v: oneOf(1),
  instrument,
  kind: oneOf('snapshot', 'delta'),
  bids: levels,
  asks: levels,
  limit: orAbsent(number),
  sequence: orNull(number),
  exchangeTimeMs: orNull(number),
  receivedAtMs: number,
});

const network = object({
  network: text,
  contract: orNull(text),
  deposit: orNull(flag),
  withdraw: orNull(flag),
  withdrawFee: orNull(number),
  withdrawMin: orNull(number),
});

const twoExchanges: Check = (value, at) =>
  listOf(text)(value, at) ?? ((value as unknown[]).length === 2 ? null : `${at} must hold two exchanges`);

/** A check per type of entry. A new type that is not here does not compile. */
const SHAPES: Readonly<Record<DetectionInput['type'], Check>> = {
  book: object({ update }),
  bookState: object({
    instrument,
    state: oneOf('live', 'resyncing', 'unavailable'),
    reason: orNull(text),
    atMs: number,
  }),
  exchange: object({
    exchange: text,
    state: oneOf('connecting', 'live', 'degraded', 'down'),
    clockOffsetMs: orNull(number),
    atMs: number,
  }),
  alive: object({ exchange: text, symbols: listOf(text), atMs: number }),
  fee: object({ instrument, takerFeeBps: number, source: oneOf('account', 'market', 'default'), atMs: number }),
  asset: object({ exchange: text, asset: text, networks: listOf(network), atMs: number }),
  balance: object({ exchange: text, asset: text, free: orNull(number), atMs: number }),
  identity: object({
    verdict: oneOf('allow', 'deny', 'clear'),
    asset: text,
    exchanges: orNull(twoExchanges),
    evidence: text,
    atMs: number,
  }),
  ownership: object({ assets: orNull(listOf(text)), atMs: number }),
  due: object({ atMs: number }),
  tick: object({ nowMs: number, loopDelayMs: number, queueMs: number }),
};

const TYPES = new Map<unknown, Check>(Object.entries(SHAPES));

/**
 * Says what keeps a value from being an entry of the input log.
 *
 * @param value - What was read.
 * @returns The first fault, with the field; null when it is a {@link DetectionInput}.
 */
export function inputFault(value: unknown): string | null {
  if (typeof value !== 'object' || value === null) return 'an entry must be an object';
  const { type } = value as { type?: unknown };
  const check = TYPES.get(type);
  return check ? check(value, '') : `type must be ${Object.keys(SHAPES).join(', ')}`;
}
