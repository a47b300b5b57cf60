import { Inject, Injectable } from '@nestjs/common';
import { LiveQuotes } from '../core/portfolio/live-quotes.js';
import type { Portfolio } from '../core/portfolio/portfolio.js';
import { valuePortfolio } from '../core/portfolio/value-portfolio.js';
import { AccountBalances, MarketSource } from '../exchanges/index.js';
import { KeyHealthFeed } from '../keys/index.js';
import { Clock } from '../platform/clock/index.js';
import { commandText, SETTINGS, type Settings } from '../platform/config/index.js';
import { accountSheets } from './account-sheets.js';

const HINT =
  `no key may read balances: ${commandText('keys add EXCHANGE --label NAME')} stores one, ` +
  'read-only and with the purpose balances, which it has unless --purpose says otherwise';

/** The balances that keys may read, valued through the live books at the moment of asking. */
@Injectable()
export class PortfolioService {
  private readonly exchanges: ReadonlySet<string>;
  private readonly sameEverywhere: ReadonlySet<string>;
  private readonly maxAgeMs: number;

  constructor(
    private readonly balances: AccountBalances,
    private readonly keys: KeyHealthFeed,
    private readonly markets: MarketSource,
    private readonly clock: Clock,
    @Inject(SETTINGS) settings: Settings,
  ) {
    this.exchanges = new Set(settings.exchanges);
    this.sameEverywhere = new Set(settings.detection.identity.allow);
    this.maxAgeMs = settings.portfolio.maxAgeMs;
  }

  /** @returns Every account with what it is worth now; empty, with a hint, where no key may read balances. */
  view(): Portfolio {
    const { exchanges, maxAgeMs, sameEverywhere } = this;
    const sheets = accountSheets({
      keys: this.keys.snapshot(),
      readings: this.balances.snapshot(),
      ...{ exchanges, maxAgeMs, nowMs: this.clock.nowMs() },
    });
    const hasAssets = sheets.some(({ assets }) => assets.length > 0);
    const quotes = new LiveQuotes(hasAssets ? this.markets.statuses() : []);
    return valuePortfolio(sheets, { quotes, sameEverywhere }, HINT);
  }
}
