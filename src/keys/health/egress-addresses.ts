import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock/index.js';
import { SETTINGS, type Settings } from '../../platform/config/index.js';

/** Addresses kept per exchange, the ones seen last. */
const MOST_PER_EXCHANGE = 8;
/** An address that no exchange told for so long may be ours no more, milliseconds. */
const KEPT_MS = 86_400_000;

/** Under which public addresses exchanges see us: told by them, or set. Bounded by the exchanges that keys are of. */
@Injectable()
export class EgressAddresses {
  /** By exchange, address and when it was told last; the newest at the end. */
  private readonly told = new Map<string, Map<string, number>>();

  constructor(
    private readonly clock: Clock,
    @Inject(SETTINGS) private readonly settings: { readonly keys: Pick<Settings['keys'], 'egressAddresses'> },
  ) {}

  /** Notes an address that an exchange told as ours. */
  learn(exchange: string, address: string): void {
    const addresses = this.told.get(exchange) ?? new Map<string, number>();
    this.told.set(exchange, addresses);
    addresses.delete(address);
    addresses.set(address, this.clock.nowMs());
    const [oldest] = addresses.keys();
    if (oldest !== undefined && addresses.size > MOST_PER_EXCHANGE) addresses.delete(oldest);
  }

  /** Our addresses as an exchange sees them: those it told within a day, the newest first, then those that are set. */
  of(exchange: string): readonly string[] {
    const sinceMs = this.clock.nowMs() - KEPT_MS;
    const told = [...(this.told.get(exchange) ?? [])].filter(([, atMs]) => atMs >= sinceMs).map(([address]) => address);
    return [...new Set([...told.reverse(), ...this.settings.keys.egressAddresses])];
  }
}
