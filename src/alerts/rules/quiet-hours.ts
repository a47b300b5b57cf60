import type { QuietHours } from '../../platform/config/index.js';

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1_440;

/** Says when quiet hours are; the wall clock of a place, with its changes to and from summer time. */
export class QuietTime {
  private readonly from: number;
  private readonly to: number;
  private readonly clock: Intl.DateTimeFormat;

  constructor({ from, to, timeZone }: Pick<QuietHours, 'from' | 'to' | 'timeZone'>) {
    this.from = minutesOf(from);
    this.to = minutesOf(to);
    this.clock = new Intl.DateTimeFormat('en-GB', {
      ...{ timeZone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit' },
      ...{ hour: '2-digit', minute: '2-digit' },
    });
  }

  /**
   * Says until when it is quiet.
   *
   * @param nowMs - Epoch ms.
   * @returns The first moment after `nowMs` at which the clock on the wall stands outside; null where it does already.
   */
  until(nowMs: number): number | null {
    if (!this.isQuiet(nowMs)) return null;
    const end = this.endFrom(nowMs);
    // Two changes of a clock within a day are unknown; half of a day before the end there is at most one.
    if (this.offsetOf(end) === this.offsetOf(nowMs)) return end;
    const change = this.changeBetween(nowMs, end);
    return this.isQuiet(change) ? this.endFrom(change) : change;
  }

  private isQuiet(ms: number): boolean {
    const at = this.minuteOfDay(ms);
    return this.from < this.to ? at >= this.from && at < this.to : at >= this.from || at < this.to;
  }

  /** When the quiet hours end if nobody changes the clock before. */
  private endFrom(ms: number): number {
    const minute = Math.floor(ms / MINUTE_MS);
    const left = (this.to - this.minuteOfDay(ms) + DAY_MINUTES) % DAY_MINUTES;
    return (minute + left) * MINUTE_MS;
  }

  /** The first minute after which the clock differs, between two moments with one change. */
  private changeBetween(fromMs: number, toMs: number): number {
    const before = this.offsetOf(fromMs);
    let [low, high] = [Math.floor(fromMs / MINUTE_MS), Math.ceil(toMs / MINUTE_MS)];
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (this.offsetOf(middle * MINUTE_MS) === before) low = middle;
      else high = middle;
    }
    return high * MINUTE_MS;
  }

  private minuteOfDay(ms: number): number {
    const { hour = 0, minute = 0 } = this.wall(ms);
    return hour * 60 + minute;
  }

  /** Minutes by which the wall is ahead of UTC. */
  private offsetOf(ms: number): number {
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0 } = this.wall(ms);
    return Date.UTC(year, month - 1, day, hour, minute) / MINUTE_MS - Math.floor(ms / MINUTE_MS);
  }

  private wall(ms: number): Partial<Record<Intl.DateTimeFormatPartTypes, number>> {
    return Object.fromEntries(this.clock.formatToParts(ms).map(({ type, value }) => [type, Number(value)]));
  }
}

function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
}
