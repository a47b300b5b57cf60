export { AccountBalances } from './contract/account-balances.js';
export {
  CredentialSource,
  KeyProbe,
  MarketSource,
  NOTHING_TOLD,
  Secret,
  SignedCallLog,
  SymbolWatch,
  type Credential,
  type KeyFactName,
  type KeyFacts,
  type KeyProbeFailureCode,
  type KeyProbeResult,
  type KeyPurpose,
  type KeyUse,
  type ProbeOptions,
  type SignedCall,
} from './contract/ports.js';
export { NoCredentials, NoSignedCalls } from './contract/without-keys.js';
export { AccountLedger } from './assets/account-ledger.js';
export { ExchangesModule } from './exchanges.module.js';
export { MarketFeed } from './market-feed.service.js';
export { RemoteExchange } from './worker/remote-exchange.js';
export { capabilitiesOf, exchangesWithCapabilities, type Capabilities, type Marker } from './ccxt/capabilities.js';
export { UnknownExchangeError, unknownExchanges, withNear, type UnknownExchange } from './ccxt/instance/catalogue.js';
export { guardRejections, type RejectionGuard } from './ccxt/instance/rejection-guard.js';
export { defaultTakerFeeBps } from './ccxt/instance/default-fee.js';
export { keptLevels } from './books/kept-levels.js';
