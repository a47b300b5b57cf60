import { checkFault, type CheckedFault, UnlistedSymbolError } from '../faults/fault.js';
import type { SimBook } from '../world/sim-book.js';
import type { ExchangeDesk } from './exchange-desk.js';

/** Puts faults in force: what lasts is kept by the exchange's faults, what is done to its connections is done here. */
export class FaultInjector {
  constructor(
    private readonly desks: readonly ExchangeDesk[],
    private readonly books: readonly SimBook[],
  ) {}

  /**
   * Checks a fault without injecting it.
   *
   * @throws {FaultError} If a field is wrong or does not belong to the kind.
   * @throws {UnlistedSymbolError} If the exchange does not list the symbol here.
   */
  check(fault: unknown): CheckedFault {
    const checked = checkFault(fault);
    const symbol = 'symbol' in checked ? checked.symbol : undefined;
    const listed = this.books.map(({ listing }) => listing).filter(({ exchange }) => exchange === checked.exchange);
    if (symbol !== undefined && !listed.some((listing) => listing.symbol === symbol)) {
      throw new UnlistedSymbolError(
        `symbol: ${checked.exchange} lists no ${symbol}; choose from ${listed.map((each) => each.symbol).join(', ')}`,
      );
    }
    return checked;
  }

  /**
   * Injects a fault.
   *
   * @throws {FaultError} As `check` does, or if too many are in force.
   */
  inject(fault: unknown): void {
    const checked = this.check(fault);
    const desk = this.desks.find(({ exchange }) => exchange === checked.exchange);
    desk?.faults.inject(checked);
    for (const client of desk?.clients ?? []) {
      if ('symbol' in checked && checked.symbol !== undefined && !client.listensTo(checked.symbol)) continue;
      if (checked.fault === 'kill' || checked.fault === 'maintenance') client.kill();
      else if (checked.fault === 'stall') client.stallFor(checked.durationMs);
      else if (checked.fault === 'clear') client.recover();
    }
  }
}
