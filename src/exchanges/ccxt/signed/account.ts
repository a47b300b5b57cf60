import { AccountDesk, type TellAccount } from '../../assets/account-desk.js';
import { BalanceDesk } from '../../assets/balance-desk.js';
import { NetworkDesk } from '../../assets/network-desk.js';
import type { EmitEvent } from '../../books/book-desk.js';
import type { FeeDesk } from '../../books/fee-desk.js';
import { networksIn } from '../assets/networks.js';
import { type TakeCurrencies, noteCurrencies } from '../assets/note-currencies.js';
import { assetsOf } from '../assets/watched-assets.js';
import type { CcxtExchange } from '../instance/ccxt-instance.js';
import { accountBalances, accountNetworks } from './account-assets.js';
import { accountFees } from './account-fees.js';
import { type ReadingContext, SignedReading } from './signed-reading.js';

/** What an account needs around it. */
export interface AccountContext extends ReadingContext {
  /** Gives the symbols that are listed now. */
  readonly symbols: () => readonly string[];
  readonly fees: FeeDesk;
  readonly emit: EmitEvent;
  /** Told what a key reads of the account's balances. */
  readonly tellAccount: TellAccount;
  /** Between two readings of the balances. */
  readonly balancesEveryMs: number;
}

/**
 * What one exchange tells beside its books: the networks of the watched assets, publicly or to a key, and what only a
 * key reads, the account's fees and balances.
 */
export class Account {
  private readonly readings: readonly SignedReading[];
  private readonly networkReading: SignedReading;
  private readonly networks: NetworkDesk;
  private readonly takeCurrencies: TakeCurrencies;
  private known = '';
  /** True while the exchange answers about currencies to nobody without a key. */
  private wantsKey = false;

  /**
   * @param exchange - The keyless instance; what it asks about currencies is listened to.
   * @param context - What it needs around it.
   */
  constructor(
    private readonly exchange: CcxtExchange,
    private readonly context: AccountContext,
  ) {
    const { clock, emit, fees, symbols, tellAccount, balancesEveryMs: everyMs } = context;
    const { id } = exchange;
    const nowMs = (): number => clock.nowMs();
    const assets = (): ReadonlySet<string> => assetsOf(symbols());
    const balances = new BalanceDesk(id, emit, nowMs);
    this.networks = new NetworkDesk(id, emit, nowMs);
    this.takeCurrencies = noteCurrencies(exchange);
    const plans = [
      accountFees({
        symbols,
        found: (symbol, taker) => {
          fees.account(symbol, taker);
        },
        lost: () => {
          fees.withoutAccount();
        },
      }),
      accountBalances({ assets, everyMs, balances, accounts: new AccountDesk(id, tellAccount, nowMs) }),
    ];
    this.readings = plans.map((plan) => new SignedReading(exchange, plan, context));
    const networkPlan = accountNetworks(assets, (networks) => {
      this.networks.take(networks);
    });
    this.networkReading = new SignedReading(exchange, networkPlan, context);
  }

  /** Follows a list of markets that was just read, and what came with it about currencies. */
  follow(): void {
    const { symbols } = this.context;
    const { exchange } = this;
    const listed = symbols().join();
    const currencies = this.takeCurrencies();
    const networks = networksIn(exchange.id, currencies, assetsOf(symbols()));
    if (networks) this.networks.take(networks);
    const wantedKey = this.wantsKey;
    this.wantsKey = exchange.has['fetchCurrencies'] === true && isEmpty(currencies);
    const hasChanged = listed !== this.known;
    this.known = listed;
    if (hasChanged) for (const reading of this.readings) reading.refresh();
    if (this.wantsKey && listed !== '' && (hasChanged || !wantedKey)) this.networkReading.refresh();
  }

  /** Notes that another key, or none, now speaks for the account. */
  keyChanged(): void {
    for (const reading of this.readings) reading.refresh();
    if (this.wantsKey) this.networkReading.refresh();
  }

  /** Gives up signed calls and makes none any more; resolves when the last is told to the usage log. */
  async stop(): Promise<void> {
    await Promise.all([...this.readings, this.networkReading].map((reading) => reading.stop()));
  }
}

function isEmpty(currencies: unknown): boolean {
  return typeof currencies !== 'object' || currencies === null || Object.keys(currencies).length === 0;
}
