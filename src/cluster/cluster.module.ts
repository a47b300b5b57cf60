import { type Abstract, type DynamicModule, Module, type Provider } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { DetectionService, OpportunityFeed } from '../detection/index.js';
import {
  AccountBalances,
  AccountLedger,
  CredentialSource,
  MarketSource,
  SignedCallLog,
  SymbolWatch,
} from '../exchanges/index.js';
import { KeyHealthFeed, KeyRelay } from '../keys/index.js';
import { Clock } from '../platform/clock/index.js';
import { SETTINGS, type Settings } from '../platform/config/index.js';
import { Log } from '../platform/logging/index.js';
import { ClusterMetrics, type Share } from './cluster-metrics.js';
import { CollectedMarkets } from './collector/collected-markets.js';
import { KeyListener } from './collector/key-listener.js';
import { AssetOwner } from './detector/asset-owner.js';
import { DetectorTeller } from './detector/detector-teller.js';
import { KeptElsewhereController } from './keys/kept-elsewhere.controller.js';
import { KeyTeller } from './keys/key-teller.js';
import { RemoteKeys } from './keys/remote-keys.js';
import { ClusterLink } from './link/cluster-link.js';
import { RemoteMarkets } from './markets/remote-markets.js';
import { RemoteOpportunities } from './reader/remote-opportunities.js';
import { RecordedOpportunities, RowStore } from './recorder/recorded-opportunities.js';
import { RemoteRecorder } from './recorder/remote-recorder.js';
import { StateLog } from './states/state-log.js';
import { WatchedSymbols } from './states/watched-symbols.js';

const REACHED: Provider[] = [
  {
    provide: ClusterLink,
    inject: [SETTINGS, Log],
    useFactory: (settings: Settings, log: Log) => ClusterLink.open(settings, log),
  },
  { provide: StateLog, inject: [ClusterLink], useFactory: (link: ClusterLink) => new StateLog(link) },
  {
    provide: WatchedSymbols,
    inject: [StateLog, SETTINGS],
    useFactory: (states: StateLog, settings: Settings) => new WatchedSymbols(states, settings),
  },
];

/** Tells of what a role owns. */
function sharing<T>(owner: Abstract<T>, shareOf: (owner: T) => Share): Provider {
  return {
    provide: ClusterMetrics,
    inject: [ClusterLink, owner],
    useFactory: (link: ClusterLink, of: T) => new ClusterMetrics(link, () => shareOf(of)),
  };
}

/** For a role that owns nothing. */
const SHARES_NOTHING: Provider = {
  provide: ClusterMetrics,
  inject: [ClusterLink],
  useFactory: (link: ClusterLink) => new ClusterMetrics(link, () => null),
};

/** What joins the roles; each static makes the part of one of them. */
@Module({})
export class ClusterModule {
  /** The broker and the other members, for every room; the first of all modules of a role. */
  static link(): DynamicModule {
    return {
      module: ClusterModule,
      global: true,
      providers: REACHED,
      exports: [ClusterLink, StateLog, WatchedSymbols],
    };
  }

  /** Markets of the exchanges that this collector owns: for `ExchangesModule.over`. */
  static collected(): Provider[] {
    return [
      {
        provide: MarketSource,
        inject: [SETTINGS, Clock, Log, CredentialSource, SignedCallLog, ClusterLink, WatchedSymbols, StateLog],
        useFactory: (
          ...[settings, clock, log, credentials, calls, link, symbols, states]: [
            Settings,
            Clock,
            Log,
            CredentialSource,
            SignedCallLog,
            ClusterLink,
            WatchedSymbols,
            StateLog,
          ]
        ) => new CollectedMarkets({ settings, clock, log, credentials, calls, link, symbols, states }),
      },
      { provide: SymbolWatch, useExisting: WatchedSymbols },
      // Each exchange keeps its own and tells them to the others.
      { provide: AccountBalances, useFactory: () => new AccountLedger() },
    ];
  }

  /**
   * What a collector does beside its markets.
   *
   * @param signs - Whether it holds the vault.
   */
  static collecting(signs: boolean): DynamicModule {
    const listener: Provider = {
      provide: KeyListener,
      inject: [ClusterLink, KeyRelay, StateLog, Log],
      useFactory: (link: ClusterLink, relay: KeyRelay, states: StateLog, log: Log) =>
        new KeyListener(link, relay, states, log),
    };
    const share = sharing<CollectedMarkets>(MarketSource as unknown as Abstract<CollectedMarkets>, (markets) => {
      return { kind: 'exchange', owned: markets.ownedCount, waiting: 0 };
    });
    return { module: ClusterModule, providers: [share, ...(signs ? [listener] : [])] };
  }

  /**
   * Markets as collectors tell them: for `ExchangesModule.over`.
   *
   * @param wanted - Assets whose books are wanted at first; null for all.
   */
  static markets(wanted: ReadonlySet<string> | null): Provider[] {
    return [
      {
        provide: MarketSource,
        inject: [ClusterLink, SETTINGS, Clock, Log],
        useFactory: (link: ClusterLink, settings: Settings, clock: Clock, log: Log) =>
          new RemoteMarkets(link, settings, clock, log, wanted),
      },
      { provide: SymbolWatch, useExisting: WatchedSymbols },
      {
        provide: AccountBalances,
        inject: [MarketSource],
        useFactory: (markets: RemoteMarkets) => markets.accounts,
      },
    ];
  }

  /** Gives a detector its share and tells what it finds. */
  static detecting(): DynamicModule {
    return {
      module: ClusterModule,
      global: true,
      providers: [
        {
          provide: AssetOwner,
          inject: [ClusterLink, SETTINGS, Clock, Log, DetectionService, MarketSource, WatchedSymbols],
          useFactory: (
            ...[link, settings, clock, log, detection, markets, symbols]: [
              ClusterLink,
              Settings,
              Clock,
              Log,
              DetectionService,
              RemoteMarkets,
              WatchedSymbols,
            ]
          ) => new AssetOwner({ link, settings, clock, log, detection, markets, symbols }),
        },
        {
          provide: DetectorTeller,
          inject: [ClusterLink, DetectionService, AssetOwner, StateLog, Log],
          useFactory: (link: ClusterLink, detection: DetectionService, owner: AssetOwner, states: StateLog, log: Log) =>
            new DetectorTeller(link, detection, owner, states, log),
        },
        sharing(AssetOwner, ({ owned, waiting }) => ({ kind: 'asset', owned: owned.length, waiting })),
      ],
    };
  }

  /**
   * What detectors elsewhere find: for `DetectionModule.over`.
   *
   * @param withCounts - Whether refusals and spreads are heard too.
   */
  static found(withCounts: boolean): Provider {
    return {
      provide: OpportunityFeed,
      inject: [ClusterLink, StateLog, Clock, Log],
      useFactory: (link: ClusterLink, states: StateLog, clock: Clock, log: Log) =>
        new RemoteOpportunities(link, states, clock, log, withCounts),
    };
  }

  /**
   * What a gateway needs of keeper and recorder.
   *
   * @param port - Under which others ask how far the recorder is.
   */
  static serving(port: Abstract<Pick<RemoteRecorder, 'allMetrics'>>): DynamicModule {
    return {
      module: ClusterModule,
      global: true,
      controllers: [KeptElsewhereController],
      providers: [
        { provide: KeyHealthFeed, inject: [StateLog], useFactory: (states: StateLog) => new RemoteKeys(states) },
        { provide: port, inject: [StateLog], useFactory: (states: StateLog) => new RemoteRecorder(states) },
        SHARES_NOTHING,
      ],
      exports: [KeyHealthFeed, port],
    };
  }

  /** What a recorder writes down. */
  static recording(): DynamicModule {
    return {
      module: ClusterModule,
      global: true,
      providers: [
        {
          provide: OpportunityFeed,
          inject: [ClusterLink, StateLog, ModuleRef, Log],
          // The rows listen to what this tells: they are looked up when both are there.
          useFactory: (link: ClusterLink, states: StateLog, module: ModuleRef, log: Log) =>
            new RecordedOpportunities(link, states, () => module.get(RowStore, { strict: false }), log),
        },
        sharing<RecordedOpportunities>(OpportunityFeed as unknown as Abstract<RecordedOpportunities>, (recorded) => {
          return { kind: 'recorder', owned: Number(recorded.isWriting), waiting: 0 };
        }),
      ],
      exports: [OpportunityFeed],
    };
  }

  /** Tells what a keeper knows, and gives it what alerts are about. */
  static keeping(): DynamicModule {
    return {
      module: ClusterModule,
      global: true,
      providers: [
        ClusterModule.found(false),
        {
          provide: KeyTeller,
          inject: [ClusterLink, KeyHealthFeed, KeyRelay, StateLog, Log],
          useFactory: (link: ClusterLink, keys: KeyHealthFeed, relay: KeyRelay, states: StateLog, log: Log) =>
            new KeyTeller(link, keys, relay, states, log),
        },
        SHARES_NOTHING,
      ],
      exports: [OpportunityFeed],
    };
  }
}
