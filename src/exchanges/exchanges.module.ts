import { availableParallelism } from 'node:os';
import { Global, Module } from '@nestjs/common';
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

@Global()
@Module({
  controllers: [ExchangesController, SymbolsController],
  providers: [
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
    ExchangeMetrics,
    ExchangeHistory,
    {
      provide: AccountBalances,
      inject: [MarketSource],
      useFactory: (markets: MarketFeed | ThreadedFeed) => markets.accounts,
    },
    {
      provide: KeyProbe,
      inject: [SETTINGS, Clock, SignedCallLog],
      useFactory: (settings: Settings, clock: Clock, calls: SignedCallLog) =>
        new CcxtKeyProbe({ gateway: settings.exchangeGateway, clock, calls }),
    },
  ],
  exports: [MarketSource, AccountBalances, KeyProbe],
})
export class ExchangesModule {}
