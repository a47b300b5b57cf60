import { parseSymbol } from '../../../core/market/symbol.js';
import type { Instrument } from '../../../core/market/instrument.js';
import { feeShareToBps } from '../../../core/money/taker-fee.js';
import { createInstance, knownExchanges } from './create-instance.js';

interface FeeTable {
  readonly trading?: { readonly taker?: number };
  readonly spot?: { readonly taker?: number };
  readonly linear?: FeeTable;
  readonly inverse?: FeeTable;
}

/** Opens no socket; only the constructor wants it. */
const KEEP_ALIVE_MS = 30_000;

/** Bounded by the exchanges that ccxt knows: making an instance takes some 15 ms. */
const known = new Map<string, FeeTable | null>();

function feesOf(exchange: string): FeeTable | null {
  let fees = known.get(exchange);
  if (fees === undefined) {
    const isKnown = knownExchanges().includes(exchange);
    fees = isKnown ? createInstance({ exchange, gateway: undefined, keepAliveMs: KEEP_ALIVE_MS }).fees : null;
    known.set(exchange, fees);
  }
  return fees;
}

/**
 * Gives the taker fee that an exchange asks of everybody, as ccxt has it for the kind of market; nothing is asked of the
 * exchange, so it may have changed since.
 *
 * @returns Bps; null where the exchange is not known, or its fee is not.
 */
export function defaultTakerFeeBps({ exchange, symbol }: Instrument): number | null {
  const fees = feesOf(exchange);
  const share = fees && shareOf(fees, symbol);
  return share === null ? null : feeShareToBps(share);
}

function shareOf({ trading, spot, linear, inverse }: FeeTable, symbol: string): number | null {
  const parts = parseSymbol(symbol);
  const contracts = parts?.settle === parts?.base ? inverse : linear;
  const tables = [parts?.settle ? contracts?.trading : undefined, trading, spot];
  return tables.find((table) => table?.taker !== undefined)?.taker ?? null;
}
