import { SIMULATED_SYMBOLS } from '../../src/simulator/index.js';

/**
 * Settings under which the simulator's markets pay as often as they can: every symbol, losses up to twenty bps count as
 * paying, each is over as soon as it is below that, and opens anew at once.
 */
export const LOAD: Readonly<Record<string, string>> = {
  CROSSBOOK_EXCHANGES: 'binance,okx,bybit,kraken',
  CROSSBOOK_SYMBOLS: SIMULATED_SYMBOLS.join(','),
  CROSSBOOK_DETECTION_MIN_NET_BPS: '-20',
  CROSSBOOK_DETECTION_HYSTERESIS_BPS: '0',
  CROSSBOOK_DETECTION_GRACE_MS: '0',
};

/** Dislocations come at random: a market may be quiet for a while, milliseconds. */
export const QUIET_MS = 60_000;
