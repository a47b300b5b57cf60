import type { WriteStream } from 'node:tty';

const REFRESH_MS = 250;
const CLEAR_LINE = '\r\u001b[K';

/** One line on a terminal that is written over and over; says nothing where there is no terminal. */
export class ProgressLine {
  private shownAtMs = -Infinity;
  private isShown = false;

  /** @param stream - Where to write: standard error, so that results stay clean. */
  constructor(private readonly stream: Pick<WriteStream, 'isTTY' | 'write'>) {}

  /** Shows the line, at most four times a second. */
  show(text: () => string): void {
    const nowMs = performance.now();
    if (!this.stream.isTTY || nowMs - this.shownAtMs < REFRESH_MS) return;
    this.shownAtMs = nowMs;
    this.isShown = true;
    this.stream.write(`${CLEAR_LINE}${text()}`);
  }

  /** Takes the line away. */
  clear(): void {
    if (this.isShown) this.stream.write(CLEAR_LINE);
    this.isShown = false;
  }
}
