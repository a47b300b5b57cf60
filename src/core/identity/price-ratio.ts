import { BPS } from '../money/bps.js';

/** Longest time that one sample speaks for, milliseconds: what was not watched proves nothing. */
const SAMPLE_SPEAKS_MS = 2_000;

/** What a price ratio must do to prove or to deny. */
export interface RatioRules {
  readonly ratioHoldMs: number;
  readonly ratioToleranceBps: number;
}

/** The ratio of the prices of one ticker on two exchanges over time. */
export class PriceRatio {
  /** Newest ratio; NaN before the first sample. */
  ratio = NaN;
  /** Whether it held long enough last: `proven` near 1, `denied` away from it. */
  verdict: 'unproven' | 'proven' | 'denied' = 'unproven';
  /** When the verdict was reached, epoch ms. */
  verdictAtMs = 0;
  private nearMs = 0;
  private farMs = 0;
  private sampledAtMs = -Infinity;

  /** @param rules - What proves. */
  constructor(private readonly rules: RatioRules) {}

  /** @returns Milliseconds for which the ratio has been near 1 without a break. */
  get heldMs(): number {
    return this.nearMs;
  }

  /**
   * Takes a sample. A verdict that was reached stands until the other one is: a spread between exchanges, however wide,
   * does not make two coins of one unless it lasts as long as the proof did.
   *
   * @param ratio - Price of the one over price of the other, per unit of the asset, in one quote.
   * @param nowMs - Our clock.
   */
  sample(ratio: number, nowMs: number): void {
    const { rules } = this;
    const isFirst = Number.isNaN(this.ratio);
    const passed = Math.min(nowMs - this.sampledAtMs, SAMPLE_SPEAKS_MS);
    this.sampledAtMs = nowMs;
    this.ratio = ratio;
    const isNear = Math.abs(ratio - 1) * BPS <= rules.ratioToleranceBps;
    const credit = isFirst ? 0 : passed;
    this.nearMs = isNear ? this.nearMs + credit : 0;
    this.farMs = isNear ? 0 : this.farMs + credit;
    if (this.nearMs >= rules.ratioHoldMs) this.reach('proven', nowMs);
    else if (this.farMs >= rules.ratioHoldMs) this.reach('denied', nowMs);
  }

  private reach(verdict: 'proven' | 'denied', nowMs: number): void {
    if (this.verdict === verdict) return;
    this.verdict = verdict;
    this.verdictAtMs = nowMs;
  }
}
