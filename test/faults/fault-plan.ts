import type { Fault, SimulatedExchange } from '../../src/simulator/index.js';

/** One way in which an exchange goes wrong, and what must be seen of it. */
export interface Trial {
  /** Name in the table. */
  readonly name: string;
  /** What is injected; the exchange, and the symbol where `onSymbol`, are filled in. */
  readonly fault: Omit<Fault, 'exchange' | 'symbol'>;
  readonly onSymbol: boolean;
  /** How long it lasts, milliseconds; 0 for what happens once. */
  readonly lastsMs: number;
  /** True when the service must have thrown the book away, or must have called the exchange down, before it is over. */
  readonly mustShow: boolean;
  /** Exchanges that it cannot be done to, with why. */
  readonly except?: Partial<Record<SimulatedExchange, string>>;
}

const NO_NUMBER = { hyperliquid: 'every frame is the whole book, without sequence or checksum' };

/** Every trial, in the order of the table. */
export const TRIALS: readonly Trial[] = [
  { name: 'drop', fault: { fault: 'drop', count: 1 }, onSymbol: true, lastsMs: 0, mustShow: true, except: NO_NUMBER },
  {
    ...{ name: 'corrupt', fault: { fault: 'corrupt', count: 1 }, onSymbol: true, lastsMs: 0, mustShow: true },
    except: NO_NUMBER,
  },
  { name: 'kill', fault: { fault: 'kill' }, onSymbol: false, lastsMs: 0, mustShow: true },
  { name: 'freeze', fault: { fault: 'freeze', durationMs: 9_000 }, onSymbol: false, lastsMs: 9_000, mustShow: true },
];
