import type { Clock } from '../../../platform/clock/index.js';
import type { BookDesk } from '../../books/book-desk.js';
import type { ExchangeMonitor } from '../../supervision/exchange-monitor.js';
import type { RestGate } from '../../supervision/rest-gate.js';
import type { CodecKind, RestSnapshot } from '../codecs/codec.js';
import type { CcxtExchange } from '../instance/ccxt-instance.js';

/** What a session needs of its exchange. */
export interface SessionContext {
  readonly exchange: CcxtExchange;
  readonly kind: CodecKind;
  /** Where to dial, asked before each dial: it may hold a token that is good for one only. */
  readonly address: () => Promise<string>;
  /** The host of an address, as people know it. */
  readonly hostOf: (address: string) => string;
  /** The host that is named until an address is known. */
  readonly host: string;
  readonly fedDepth: number;
  readonly desk: BookDesk;
  readonly monitor: ExchangeMonitor;
  readonly clock: Clock;
  /** A socket without any frame or pong for longer is opened again, milliseconds. */
  readonly silentAfterMs: number;
  /** A socket on which no book changes for longer is opened again, though it answers pings, milliseconds. */
  readonly maxQuietMs: number;
  /** Says when REST calls of the exchange may leave. */
  readonly gate: RestGate;
  /** False where breaks of the exchange's numbering are only counted. */
  readonly enforcesSequence: boolean;
  /** Told of each dial in vain. */
  readonly dialFailed: () => void;
  /** Reads a whole book over REST. */
  readonly fetchSnapshot: (id: string) => Promise<RestSnapshot>;
}
