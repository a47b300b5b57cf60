import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import type { Instrument } from '../../core/market/instrument.js';
import type { BookEvent } from '../../core/input/market-event.js';
import type { Parcel, Told } from './messages.js';
import { PARCEL, type Ring, SNAPSHOT, wrapped } from './ring.js';

/** Reads what one worker wrote, in its order. */
export class RingReader {
  /** By their number in the ring; bounded by the instruments that were ever watched. */
  private readonly instruments: Instrument[] = [];
  private position: number;
  private end: number;

  /**
   * @param ring - Where from.
   * @param parcels - Where the parcels come from; nobody else listens there.
   */
  constructor(
    private readonly ring: Ring,
    private readonly parcels: MessagePort,
  ) {
    this.position = ring.read;
    this.end = this.position;
  }

  /** When the next record was made, our clock; Infinity when there is none. */
  get nextAtMs(): number {
    if (this.position === this.end) this.end = this.ring.written;
    return this.position === this.end ? Infinity : this.ring.get(this.position + 1);
  }

  /** @returns What the next record tells; null when it told nothing, or its thread has ended before its parcel came. */
  next(): Told | null {
    return this.ring.get(this.position) === PARCEL ? this.parcel() : this.update();
  }

  /** Gives the room of what was read back. */
  release(): void {
    if (this.ring.read !== this.position) this.ring.release(this.position);
  }

  private parcel(): Told | null {
    this.position = wrapped(this.position + 2);
    const parcel = (receiveMessageOnPort(this.parcels) as { message: Parcel } | undefined)?.message;
    if (parcel?.type !== 'instrument') return parcel ?? null;
    this.instruments.push(parcel.instrument);
    return null;
  }

  private update(): BookEvent {
    const { ring, position } = this;
    const bidsAt = position + 8;
    const asksAt = bidsAt + ring.get(position + 3);
    const endsAt = asksAt + ring.get(position + 4);
    const limit = ring.get(position + 7);
    this.position = wrapped(endsAt);
    return {
      type: 'book',
      update: {
        v: 1,
        instrument: this.instruments[ring.get(position + 2)] as Instrument,
        kind: ring.get(position) === SNAPSHOT ? 'snapshot' : 'delta',
        bids: this.levels(bidsAt, asksAt),
        asks: this.levels(asksAt, endsAt),
        ...(Number.isNaN(limit) ? {} : { limit }),
        sequence: orNull(ring.get(position + 5)),
        exchangeTimeMs: orNull(ring.get(position + 6)),
        receivedAtMs: ring.get(position + 1),
      },
    };
  }

  private levels(from: number, to: number): number[] {
    const levels = new Array<number>(to - from);
    for (let at = from; at < to; at++) levels[at - from] = this.ring.get(at);
    return levels;
  }
}

function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}
