import type { Clock } from '../../../platform/clock/index.js';
import type { RestGate } from '../../supervision/rest-gate.js';
import type { CcxtExchange } from './ccxt-instance.js';

/** However many sockets are refused, an exchange is asked no more often, milliseconds. */
const ASK_EVERY_MS = 15_000;

/**
 * Asks an exchange that refuses sockets whether it is under maintenance: a socket does not say why, a REST answer does.
 * Where there is no status to be asked for, its clock is, since a refusal of that tells the same.
 */
export class StatusInquiry {
  private askedAtMs = -Infinity;

  constructor(
    private readonly exchange: CcxtExchange,
    private readonly gate: RestGate,
    private readonly clock: Clock,
  ) {}

  /** Asks, if it was not asked a moment ago, and tells the gate of a maintenance; never rejects. */
  async ask(): Promise<void> {
    const nowMs = this.clock.nowMs();
    if (this.isHeld() || nowMs - this.askedAtMs < ASK_EVERY_MS) return;
    this.askedAtMs = nowMs;
    const { exchange } = this;
    try {
      if (exchange.has['fetchStatus'] === true) this.told(await exchange.fetchStatus());
      else if (exchange.has['fetchTime'] === true) await exchange.fetchTime();
    } catch {
      // What a refusal tells, the guard of the instance has told the gate; that nobody answers is the socket's story.
    }
    // A hold that was found bounds the questions itself: after it, the next dial in vain may ask at once.
    if (this.isHeld()) this.askedAtMs = -Infinity;
  }

  private isHeld(): boolean {
    return this.gate.current !== null;
  }

  private told({ status, eta }: { readonly status?: unknown; readonly eta?: unknown }): void {
    if (status !== 'maintenance') return;
    const end = typeof eta === 'number' && eta > 0 ? `, until ${new Date(eta).toISOString()} as it says` : '';
    this.gate.refused('maintenance', `${this.exchange.id} is under maintenance${end}`, null);
  }
}
