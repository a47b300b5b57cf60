import { Backoff } from '../../supervision/backoff.js';
import type { RestGate } from '../../supervision/rest-gate.js';
import type { CodecKind } from '../codecs/codec.js';

const REFUSED = { baseMs: 250, capMs: 30_000, stableAfterMs: 30_000 };
/** Where the exchange says that we dial too often. */
const LIMITED = { baseMs: 10_000, capMs: 300_000, stableAfterMs: 60_000 };
const DIALLED_TOO_OFTEN = /Unexpected server response: (418|429)/;

/** When a socket that fell is dialled again. */
export class Redial {
  private readonly refused = new Backoff(REFUSED);
  private readonly limited = new Backoff(LIMITED);

  constructor(
    private readonly kind: CodecKind,
    private readonly gate: RestGate,
  ) {}

  /** Says what a dial in vain was, by the reason that the socket gave. */
  codeOf(reason: string): 'rate_limited' | 'unreachable' {
    return DIALLED_TOO_OFTEN.test(reason) ? 'rate_limited' : 'unreachable';
  }

  /** Notes that the socket opened. */
  opened(nowMs: number): void {
    this.refused.succeeded(nowMs);
    this.limited.succeeded(nowMs);
  }

  /**
   * Says how long to wait, milliseconds. A socket needs no REST call at most exchanges, and waits for none of a limit
   * on those; under maintenance it cannot open.
   */
  waitMs(code: string, nowMs: number): number {
    const dueMs = (code === 'rate_limited' ? this.limited : this.refused).failed(nowMs);
    const needsRest = this.kind.snapshots !== null || 'read' in this.kind.address;
    return needsRest || this.gate.current?.code === 'maintenance' ? this.gate.waitMs(dueMs) : dueMs;
  }
}
