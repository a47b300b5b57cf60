import { ClockOffset } from '../../core/market/clock-offset.js';
import type { ExchangeFault, ExchangeStatus } from '../../core/market/exchange-status.js';
import type { ExchangeState } from '../../core/market/states.js';
import type { BookDesk, EmitEvent } from '../books/book-desk.js';
import type { Hold } from './rest-gate.js';
import { isFresh, symbolStatus } from './symbol-status.js';

/** The clock offset is told when it moved by more than this, or once a second, milliseconds. */
const OFFSET_STEP_MS = 1;
const TELL_EVERY_MS = 1_000;
/** ccxt repeats the exchange's whole answer, a page of HTML at times; this much of it is told, characters. */
const MAX_MESSAGE = 300;

/** Watches one exchange as a whole: its state, its clock, its rates and what went wrong last. */
export class ExchangeMonitor {
  readonly offset = new ClockOffset();
  integrity: ExchangeStatus['integrity'] = 'unverified';
  private state: ExchangeState = 'connecting';
  private wasLive = false;
  private failing = false;
  private frames = 0;
  /** Of `frames`, those that the last rate was measured over and before. */
  private measuredFrames = 0;
  private framesPerSecond = 0;
  private rateSinceMs: number | null = null;
  private dials = 0;
  private lastFault: ExchangeFault | null = null;
  /** Shown before any other fault while it lasts: it is why the others happen. */
  private hold: ExchangeFault | null = null;
  private breaks = 0;
  private strays = 0;
  private toldAtMs = -Infinity;
  private toldOffsetMs: number | null = null;

  /**
   * @param desk - The exchange's books.
   * @param maxAgeMs - Without proof of life for longer, a book is stale and an exchange is down.
   * @param emit - Takes the events.
   * @param tellStatus - Called when the state changed, and once a second.
   */
  constructor(
    private readonly desk: BookDesk,
    private readonly maxAgeMs: number,
    private readonly emit: EmitEvent,
    private readonly tellStatus: (status: ExchangeStatus) => void,
  ) {}

  /** Counts a frame; part of the hot path. */
  frame(): void {
    this.frames += 1;
  }

  /** Notes what went wrong last. */
  fault(code: string, message: string, host: string | null, atMs: number): void {
    this.lastFault = { code, message: shortened(message), host, atMs, untilMs: null };
  }

  /** Notes that the exchange wants no calls for a while. */
  held({ code, message, untilMs }: Hold, host: string | null, atMs: number): void {
    this.hold = { code, message: shortened(message), host, atMs, untilMs };
    this.lastFault = this.hold;
  }

  /** Counts a break of the exchange's own numbering; one that is only counted leaves the books unproven. */
  sequenceBroken(isOnlyCounted: boolean): void {
    this.breaks += 1;
    if (isOnlyCounted) this.integrity = 'unverified';
  }

  /** Counts a fault inside the exchange's client that nobody awaited. */
  stray(message: string, atMs: number): void {
    this.strays += 1;
    this.fault('stray_fault', message, null, atMs);
  }

  /** Notes that the exchange cannot be reached: it is down until a socket opens. */
  failed(code: string, message: string, host: string | null, atMs: number): void {
    this.failing = true;
    this.fault(code, message, host, atMs);
  }

  /** Notes that a socket opened; all but the first of each are reconnects. */
  opened(isReconnect: boolean): void {
    this.failing = false;
    if (isReconnect) this.dials += 1;
  }

  /** Judges the state and tells it when it changed, when the clock offset moved, or when a second has passed. */
  judge(nowMs: number): void {
    this.measureRate(nowMs);
    const state = this.stateAt(nowMs);
    const offsetMs = this.offset.valueMs;
    const changed = state !== this.state || this.toldAtMs === -Infinity;
    const moved =
      offsetMs !== null && (this.toldOffsetMs === null || Math.abs(offsetMs - this.toldOffsetMs) > OFFSET_STEP_MS);
    if (!changed && !moved && nowMs - this.toldAtMs < TELL_EVERY_MS) return;
    const isDue = changed || nowMs - this.toldAtMs >= TELL_EVERY_MS;
    this.state = state;
    this.toldOffsetMs = offsetMs;
    if (isDue) this.toldAtMs = nowMs;
    this.emit({ type: 'exchange', exchange: this.desk.exchange, state, clockOffsetMs: offsetMs, atMs: nowMs });
    if (isDue) this.tellStatus(this.status(nowMs));
  }

  /** Everything that is known of the exchange now. */
  status(nowMs: number): ExchangeStatus {
    return {
      id: this.desk.exchange,
      status: this.stateAt(nowMs),
      integrity: this.integrity,
      clockOffsetMs: this.offset.valueMs,
      messagesPerSecond: this.framesPerSecond,
      messages: this.frames,
      updates: this.desk.updates,
      resyncs: this.desk.resyncs,
      reconnects: this.dials,
      sequenceBreaks: this.breaks,
      strayFaults: this.strays,
      lastError: this.hold !== null && nowMs < (this.hold.untilMs ?? 0) ? this.hold : this.lastFault,
      symbols: [...this.desk.lines.values()].map((line) => symbolStatus(line, nowMs, this.maxAgeMs)),
    };
  }

  private measureRate(nowMs: number): void {
    this.rateSinceMs ??= nowMs;
    const elapsedMs = nowMs - this.rateSinceMs;
    if (elapsedMs < TELL_EVERY_MS) return;
    this.framesPerSecond = Math.round(((this.frames - this.measuredFrames) * 1_000) / elapsedMs);
    this.measuredFrames = this.frames;
    this.rateSinceMs = nowMs;
  }

  private stateAt(nowMs: number): ExchangeState {
    const lines = [...this.desk.lines.values()];
    const listed = lines.filter((line) => line.state !== 'unavailable');
    const fresh = listed.filter((line) => isFresh(line, nowMs, this.maxAgeMs));
    const live = fresh.filter((line) => line.state === 'live').length;
    if (listed.length === 0) {
      // An exchange that lists nothing of what is asked for is reached, and will never be live.
      return lines.length > 0 ? 'degraded' : 'connecting';
    }
    if (live === listed.length) {
      this.wasLive = true;
      return 'live';
    }
    if (live > 0) return 'degraded';
    if (!this.wasLive && !this.failing) return 'connecting';
    return fresh.length > 0 && !this.failing ? 'degraded' : 'down';
  }
}

function shortened(message: string): string {
  return message.length > MAX_MESSAGE ? `${message.slice(0, MAX_MESSAGE)}…` : message;
}
