import { feeShareToBps } from '../../core/money/taker-fee.js';
import type { FeeSource } from '../../core/market/states.js';
import type { EmitEvent } from './book-desk.js';

/** Keeps the taker fee that holds for each symbol of an exchange, and tells it when it changes. */
export class FeeDesk {
  private readonly base = new Map<string, { readonly share: number; readonly source: FeeSource }>();
  private readonly told = new Map<string, string>();
  /** Symbols of which the account's own fee is known. */
  private readonly own = new Set<string>();

  constructor(
    private readonly exchange: string,
    private readonly emit: EmitEvent,
    private readonly nowMs: () => number,
  ) {}

  /** Takes what holds without a key; told where the account's own fee is not known. */
  public(symbol: string, share: number, source: 'default' | 'market'): void {
    this.base.set(symbol, { share, source });
    if (!this.own.has(symbol)) this.tell(symbol, share, source);
  }

  /** Takes the account's own fee. */
  account(symbol: string, share: number): void {
    // A symbol may be removed while its fee is asked for.
    if (!this.base.has(symbol)) return;
    this.own.add(symbol);
    this.tell(symbol, share, 'account');
  }

  /** Falls back to what holds without a key. */
  withoutAccount(): void {
    this.own.clear();
    for (const [symbol, { share, source }] of this.base) this.tell(symbol, share, source);
  }

  /** Forgets a symbol that is no longer watched. */
  forget(symbol: string): void {
    this.base.delete(symbol);
    this.own.delete(symbol);
    this.told.delete(symbol);
  }

  private tell(symbol: string, share: number, source: FeeSource): void {
    const takerFeeBps = feeShareToBps(share);
    const said = `${source} ${takerFeeBps}`;
    if (this.told.get(symbol) === said) return;
    this.told.set(symbol, said);
    const instrument = { exchange: this.exchange, symbol };
    this.emit({ type: 'fee', instrument, takerFeeBps, source, atMs: this.nowMs() });
  }
}
