import { availableParallelism } from 'node:os';
import { type DynamicModule, Module, type Provider } from '@nestjs/common';
import { Clock } from '../platform/clock/index.js';
import { SETTINGS, type Settings } from '../platform/config/index.js';
import { Log } from '../platform/logging/index.js';
import { CcxtKeyProbe } from './ccxt/signed/ccxt-key-probe.js';
import { AccountBalances } from './contract/account-balances.js';
import { CredentialSource, KeyProbe, MarketSource, SignedCallLog, SymbolWatch } from './contract/ports.js';
import { ExchangeHistory } from './exchange-history.js';
import { ExchangeMetrics } from './exchange-metrics.js';
import { ExchangesController } from './exchanges.controller.js';
import { MarketFeed } from './market-feed.service.js';
import { SymbolsController } from './symbols.controller.js';
import { ThreadedFeed } from './threaded-feed.service.js';
import { workerCount } from './worker/share-out.js';

const PORTS = [MarketSource, AccountBalances, SymbolWatch];

/** Markets of this process, in its main thread or in threads of their own. */
const LOCAL: Provider[] = [
  {
    provide: MarketSource,
    inject: [SETTINGS, Clock, Log, CredentialSource, SignedCallLog],
    useFactory: (settings: Settings, clock: Clock, log: Log, credentials: CredentialSource, calls: SignedCallLog) => {
      const workers = workerCount(settings.workers, settings.exchanges.length, availableParallelism());
      return workers === 0
        ? new MarketFeed(settings, clock, log, credentials, calls)
        : new ThreadedFeed(workers, { settings, clock, log, credentials, calls });
    },
  },
  { provide: SymbolWatch, useExisting: MarketSource },
  {
    provide: AccountBalances,
    inject: [MarketSource],
    useFactory: (markets: MarketFeed | ThreadedFeed) => markets.accounts,
  },
];

const PROBE: Provider = {
  provide: KeyProbe,
  inject: [SETTINGS, Clock, SignedCallLog],
  useFactory: (settings: Settings, clock: Clock, calls: SignedCallLog) =>
    new CcxtKeyProbe({ gateway: settings.exchangeGateway, clock, calls }),
};

const SHOWN: Pick<DynamicModule, 'controllers' | 'providers'> = {
  controllers: [ExchangesController, SymbolsController],
  providers: [ExchangeMetrics, ExchangeHistory],
};

/** The live markets, and what exchanges tell of keys. */
@Module({})
export class ExchangesModule {
  /** Markets and key probes of this process. */
  static local(): DynamicModule {
    const providers = [...(SHOWN.providers ?? []), ...LOCAL, PROBE];
    return { ...SHOWN, module: ExchangesModule, global: true, providers, exports: [...PORTS, KeyProbe] };
  }

  /**
   * Shows markets that another feature provides.
   *
   * @param providers - Of {@link MarketSource}, {@link SymbolWatch} and {@link AccountBalances}; what they need is global.
   */
  static over(providers: Provider[]): DynamicModule {
    const all = [...(SHOWN.providers ?? []), ...providers];
    return { ...SHOWN, module: ExchangesModule, global: true, providers: all, exports: PORTS };
  }

  /** Key probes alone. */
  static probing(): DynamicModule {
    return { module: ExchangesModule, global: true, providers: [PROBE], exports: [KeyProbe] };
  }
}
