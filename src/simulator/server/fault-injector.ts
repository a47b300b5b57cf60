import {
  checkFault,
  type CheckedFault,
  type InjectedFault,
  isNetworkFault,
  type NetworkFault,
  UnlistedSymbolError,
} from '../faults/fault.js';
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
   * @throws {UnlistedSymbolError} If the exchange does not list the symbol here, or has no such asset or network.
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
    if (isNetworkFault(checked)) this.networksMeant(checked);
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
    if (isNetworkFault(checked)) {
      desk?.faults.networks.inject(checked, this.networksMeant(checked));
      return;
    }
    desk?.faults.inject(checked);
    const symbol = 'symbol' in checked ? checked.symbol : undefined;
    for (const client of desk?.clients ?? []) {
      if (symbol === undefined || client.listensTo(symbol)) strike(client, checked);
    }
  }

  private networksMeant({ exchange, asset, network }: NetworkFault): readonly string[] {
    const coins = this.desks.find((desk) => desk.exchange === exchange)?.market.coins ?? [];
    const networks: readonly string[] | undefined = coins
      .find(({ code }) => code === asset)
      ?.networks.map(({ code }) => code);
    if (!networks) {
      const choice = coins.map(({ code }) => code).join(', ');
      throw new UnlistedSymbolError(`asset: ${exchange} moves no ${asset}; choose from ${choice}`);
    }
    if (network === undefined) return networks;
    if (networks.includes(network)) return [network];
    throw new UnlistedSymbolError(
      `network: ${exchange} does not move ${asset} over ${network}; choose from ${networks.join(', ')}`,
    );
  }
}

// What a fault does to a connection that is open when it begins.
function strike(client: SocketClient, fault: CheckedFault): void {
  if (fault.fault === 'kill' || fault.fault === 'maintenance') client.kill();
  else if (fault.fault === 'stall') client.stallFor(fault.durationMs);
  else if (fault.fault === 'clear') client.recover();
}
