export { simulatorCommand } from './simulator.command.js';
export {
  startSimulator,
  UnknownSymbolError,
  type Simulator,
  type SimulatorKeyOptions,
  type SimulatorOptions,
} from './simulator.js';
export type { ApiKey, KeyChange, KeyScopes } from './accounts/account-registry.js';
export type { Truth } from './control/control-routes.js';
export { type CheckedFault, type Fault, FaultError, type FaultKind, type InjectedFault } from './faults/fault.js';
export type { PublishedBook } from './truth/book-history.js';
export { type ScenarioEntry, ScenarioError } from './server/scenario.js';
export type { Spell } from './truth/spell-ledger.js';
export {
  ACCOUNT_EXCHANGES,
  type AccountExchange,
  KEYED_EXCHANGES,
  type KeyedExchange,
  SIMULATED_EXCHANGES,
  SIMULATED_SYMBOLS,
  type SimulatedExchange,
} from './world/listings.js';
