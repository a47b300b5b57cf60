import type { BalanceEvent } from '../input/market-event.js';
import type { ExchangeId } from '../market/instrument.js';

/** What the accounts may trade with at once. Bounded by watched assets and exchanges. */
export class Balances {
  private readonly known = new Map<ExchangeId, Map<string, number>>();

  /**
   * Takes a balance; null forgets it.
   *
   * @param event - The event.
   */
  take({ exchange, asset, free }: BalanceEvent): void {
    let ofExchange = this.known.get(exchange);
    if (!ofExchange) this.known.set(exchange, (ofExchange = new Map<string, number>()));
    if (free === null) ofExchange.delete(asset);
    else ofExchange.set(asset, free);
  }

  /**
   * @param exchange - Where.
   * @param asset - As the exchange writes it.
   * @returns Units free to trade; null where it is not known.
   */
  free(exchange: ExchangeId, asset: string): number | null {
    return this.known.get(exchange)?.get(asset) ?? null;
  }
}
