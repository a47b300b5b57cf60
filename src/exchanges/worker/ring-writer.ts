import type { MessagePort } from 'node:worker_threads';
import type { Instrument } from '../../core/market/instrument.js';
import type { BookUpdate } from '../../core/order-book/book-update.js';
import type { Clock } from '../../platform/clock/index.js';
import type { Parcel, Told } from './messages.js';
import { type Bell, DELTA, MAX_RECORD, PARCEL, type Ring, SNAPSHOT } from './ring.js';

/** A record: kind, time, instrument, bid doubles, ask doubles, sequence, exchange time, limit; then the levels. */
const HEAD = 8;
const PARCEL_HEAD = 2;
/** A wait for room looks again after this long, milliseconds. */
const LOOK_AGAIN_MS = 1_000;

/**
 * Writes what a worker tells into its ring: book updates as doubles, all else as parcels beside it, in one order.
 *
 * The reader is woken once per turn of the event loop: a wake costs more than a frame. A reader that is behind by the
 * whole ring stops the writing thread until it has caught up, as a busy event loop stops the sockets of a service
 * without workers: frames wait in the sockets, and nothing is lost.
 */
export class RingWriter {
  private readonly numbers = new Map<string, Map<string, number>>();
  private count = 0;
  private position: number;
  private isDue = false;

  /**
   * @param ring - Where to.
   * @param bell - Tells whether the reader sleeps.
   * @param parcels - Takes what is no plain book update.
   * @param clock - Says when: the reader merges the rings of several workers by it.
   * @param ringBell - Sends the message that wakes the reader.
   */
  constructor(
    private readonly ring: Ring,
    private readonly bell: Bell,
    private readonly parcels: MessagePort,
    private readonly clock: Clock,
    private readonly ringBell: () => void,
  ) {
    this.position = ring.written;
  }

  /**
   * Writes one thing told.
   *
   * @param told - What is told.
   */
  tell(told: Told): void {
    if (told.type === 'book' && told.update.bids.length + told.update.asks.length + HEAD <= MAX_RECORD) {
      this.writeUpdate(told.update);
    } else this.writeParcel(told);
    if (this.isDue) return;
    this.isDue = true;
    setImmediate(() => {
      this.isDue = false;
      this.wakeReader();
    });
  }

  private writeUpdate(update: BookUpdate): void {
    const { bids, asks } = update;
    const number = this.numberOf(update.instrument);
    this.makeRoom(HEAD + bids.length + asks.length);
    const { ring } = this;
    let at = this.position;
    ring.set(at++, update.kind === 'snapshot' ? SNAPSHOT : DELTA);
    ring.set(at++, update.receivedAtMs);
    ring.set(at++, number);
    ring.set(at++, bids.length);
    ring.set(at++, asks.length);
    ring.set(at++, update.sequence ?? NaN);
    ring.set(at++, update.exchangeTimeMs ?? NaN);
    ring.set(at++, update.limit ?? NaN);
    for (const value of bids) ring.set(at++, value);
    for (const value of asks) ring.set(at++, value);
    this.publish(at);
  }

  // The parcel goes first: whoever sees its stub must find it.
  private writeParcel(parcel: Parcel): void {
    this.makeRoom(PARCEL_HEAD);
    this.parcels.postMessage(parcel);
    this.ring.set(this.position, PARCEL);
    this.ring.set(this.position + 1, this.clock.nowMs());
    this.publish(this.position + PARCEL_HEAD);
  }

  private publish(position: number): void {
    this.position = this.ring.publish(position);
  }

  private makeRoom(doubles: number): void {
    while (!this.ring.hasRoom(this.position, doubles)) {
      this.wakeReader();
      this.ring.waitForRelease(LOOK_AGAIN_MS);
    }
  }

  private wakeReader(): void {
    if (this.bell.mustRing()) this.ringBell();
  }

  private numberOf(instrument: Instrument): number {
    const { exchange, symbol } = instrument;
    let ofExchange = this.numbers.get(exchange);
    if (!ofExchange) this.numbers.set(exchange, (ofExchange = new Map<string, number>()));
    let number = ofExchange.get(symbol);
    if (number === undefined) {
      number = this.count++;
      ofExchange.set(symbol, number);
      this.writeParcel({ type: 'instrument', instrument });
    }
    return number;
  }
}
