import type { EmitEvent } from '../books/book-desk.js';

/** Tells what the account of an exchange may trade with: after each reading, and once more when it is known no longer. */
export class BalanceDesk {
  /** Assets whose balance was told and not taken back; bounded by the watched ones. */
  private readonly told = new Set<string>();

  /**
   * @param exchange - Whose account.
   * @param emit - Takes the events.
   * @param nowMs - Our clock.
   */
  constructor(
    private readonly exchange: string,
    private readonly emit: EmitEvent,
    private readonly nowMs: () => number,
  ) {}

  /**
   * Takes one reading.
   *
   * @param free - By asset, of every watched one; null where the exchange does not say.
   */
  take(free: ReadonlyMap<string, number | null>): void {
    for (const asset of this.told) if (!free.has(asset)) this.tell(asset, null);
    for (const [asset, amount] of free) if (amount !== null || this.told.has(asset)) this.tell(asset, amount);
  }

  /** Takes back what was told: no key speaks for that account any more. */
  lose(): void {
    for (const asset of this.told) this.tell(asset, null);
  }

  private tell(asset: string, free: number | null): void {
    if (free === null) this.told.delete(asset);
    else this.told.add(asset);
    this.emit({ type: 'balance', exchange: this.exchange, asset, free, atMs: this.nowMs() });
  }
}
