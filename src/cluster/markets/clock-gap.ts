/** Answers that are kept; the quickest of them speaks, since it waited least on the way. */
const KEPT = 8;

/**
 * How far another machine's clock is from ours, from answers to the question what time it is there: the quickest of the last
 * few counts, and lies in the middle between question and answer (RFC 5905, its clock filter).
 */
export class ClockGap {
  private readonly answers: { readonly gapMs: number; readonly waitedMs: number }[] = [];

  /**
   * @param askedAtMs - Our clock when we asked.
   * @param theirMs - What they answered.
   * @param answeredAtMs - Our clock when the answer came.
   */
  take(askedAtMs: number, theirMs: number, answeredAtMs: number): void {
    const gapMs = theirMs - (askedAtMs + answeredAtMs) / 2;
    this.answers.push({ gapMs, waitedMs: answeredAtMs - askedAtMs });
    if (this.answers.length > KEPT) this.answers.shift();
  }

  /** Theirs minus ours, milliseconds; null before the first answer. */
  get ms(): number | null {
    let best: { readonly gapMs: number; readonly waitedMs: number } | null = null;
    for (const answer of this.answers) if (!best || answer.waitedMs < best.waitedMs) best = answer;
    return best?.gapMs ?? null;
  }
}
