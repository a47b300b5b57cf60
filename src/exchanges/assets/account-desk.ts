import type { AccountReading, AssetBalance, ReadingTrouble } from '../../core/portfolio/account-reading.js';

/** Takes what is told of an account. */
export type TellAccount = (reading: AccountReading) => void;

/** Keeps what was read of one exchange's account, and tells it anew whenever it changed or was read again. */
export class AccountDesk {
  private newest: AccountReading;

  /**
   * @param exchange - Whose account.
   * @param tell - Takes the readings.
   * @param nowMs - Our clock.
   */
  constructor(
    exchange: string,
    private readonly tell: TellAccount,
    private readonly nowMs: () => number,
  ) {
    this.newest = { exchange, state: 'pending', keyId: null, assets: [], asOfMs: null, trouble: null };
  }

  /**
   * Begins anew with another key, which may be another account: nothing of the last is its own.
   *
   * @param keyId - The key that reads from now on.
   */
  begin(keyId: string): void {
    this.change({ state: 'pending', keyId, assets: [], asOfMs: null, trouble: null });
  }

  /**
   * Takes one reading.
   *
   * @param balances - All that the exchange told; what is empty is left out.
   */
  take(balances: Iterable<AssetBalance>): void {
    const assets = [...balances].filter((balance) => !isEmpty(balance));
    this.change({ state: 'known', assets, asOfMs: this.nowMs(), trouble: null });
  }

  /**
   * Notes that an attempt failed though the key may still be good: what was read before stays, and grows old.
   *
   * @param trouble - Why.
   */
  fail(trouble: ReadingTrouble): void {
    this.change({ trouble });
  }

  /**
   * Takes back what was told: no key may read the account any more. The first reason stays: after a refusal it says
   * nothing new that the key signs no more.
   *
   * @param trouble - Why.
   */
  lose(trouble: ReadingTrouble): void {
    if (this.newest.state === 'lost' || this.newest.keyId === null) return;
    this.change({ state: 'lost', assets: [], asOfMs: null, trouble });
  }

  private change(part: Partial<AccountReading>): void {
    this.newest = { ...this.newest, ...part };
    this.tell(this.newest);
  }
}

function isEmpty({ free, locked, total }: AssetBalance): boolean {
  return [free, locked, total].every((amount) => amount === null || amount === '0');
}
