import type { CcxtExchange } from '../instance/ccxt-instance.js';

interface Lane {
  /** Ends when the newest call has ended, well or not. */
  tail: Promise<void>;
  lastNonce: number;
}

/** Seconds are below it until the year 33658, milliseconds above it since 2001. */
const LEAST_MILLISECONDS = 1e12;

/** By exchange and key; bounded by the keys that a process signs with. */
const lanes = new Map<string, Lane>();

/**
 * Lets the calls of all instances that sign with one key go one after another, each with a greater nonce.
 *
 * kraken refuses a nonce that is not above the last one it saw, so of two calls that meet, one would be refused as if
 * our clock were wrong (https://docs.kraken.com/api/docs/guides/spot-rest-auth#nonce).
 */
export function keepInLane(instance: CcxtExchange, keyId: string): void {
  const name = `${instance.id} ${keyId}`;
  const lane = lanes.get(name) ?? { tail: Promise.resolve(), lastNonce: 0 };
  lanes.set(name, lane);
  const nonce = instance.nonce.bind(instance);
  instance.nonce = () => {
    const own = nonce();
    // A nonce of seconds is sent as a time as well: it must not run ahead of the clock.
    return own < LEAST_MILLISECONDS ? own : (lane.lastNonce = Math.max(own, lane.lastNonce + 1));
  };
  const fetch2 = instance.fetch2.bind(instance);
  instance.fetch2 = (...call) => {
    const turn = lane.tail.then(() => fetch2(...call));
    // Without a value: the tail lives as long as the process, and an answer may hold what an account owns.
    lane.tail = turn.then(
      () => undefined,
      () => undefined,
    );
    return turn;
  };
}
