import { checkFault, type CheckedFault, type InjectedFault, UnlistedSymbolError } from '../faults/fault.js';
import type { SocketClient } from '../wire/socket-client.js';
import type { SimBook } from '../world/sim-book.js';
import type { ExchangeDesk } from './exchange-desk.js';

/** Injected faults that are remembered. */
const KEPT_FAULTS = 1_000;

/** Puts faults in force: what lasts is kept by the exchange's faults, what is done to its connections is done here. */
export class FaultInjector {
  /** The last faults, oldest first. */
  readonly injected: InjectedFault[] = [];

  constructor(
    private readonly desks: readonly ExchangeDesk[],
    private readonly books: readonly SimBook[],
    private readonly now: () => number,
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
   * @throws {FaultError} As `check` does.
   */
  inject(fault: unknown): void {
    const checked = this.check(fault);
    const desk = this.desks.find(({ exchange }) => exchange === checked.exchange);
    this.injected.push({ atMs: this.now(), fault: checked });
    if (this.injected.length > KEPT_FAULTS) this.injected.shift();
    desk?.faults.inject(checked);
    const symbol = 'symbol' in checked ? checked.symbol : undefined;
    for (const client of desk?.clients ?? []) {
      if (symbol === undefined || client.listensTo(symbol)) strike(client, checked);
    }
  }
}

// What a fault does to a connection that is open when it begins.
function strike(client: SocketClient, fault: CheckedFault): void {
  if (fault.fault === 'kill' || fault.fault === 'maintenance') client.kill();
  else if (fault.fault === 'stall') client.stallFor(fault.durationMs);
  else if (fault.fault === 'clear') client.recover();
}
