import { feeShareToBps } from '../../core/money/taker-fee.js';
import type { FeeSource } from '../../core/market/states.js';
import type { EmitEvent } from './book-desk.js';

/** Keeps the taker fee that holds for each symbol of an exchange, and tells it when it changes. */
export class FeeDesk {
  private readonly base = new Map<string, { readonly share: number; readonly source: FeeSource }>();
  private readonly told = new Map<string, string>();

  constructor(
    private readonly exchange: string,
    private readonly emit: EmitEvent,
    private readonly nowMs: () => number,
  ) {}

  /** Takes what holds without a key. */
  public(symbol: string, share: number, source: 'default' | 'market'): void {
    this.base.set(symbol, { share, source });
    this.tell(symbol, share, source);
  }

  /** Takes the account's own fee. */
  account(symbol: string, share: number): void {
    this.tell(symbol, share, 'account');
  }

  /** Falls back to what holds without a key. */
  withoutAccount(): void {
    for (const [symbol, { share, source }] of this.base) this.tell(symbol, share, source);
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
