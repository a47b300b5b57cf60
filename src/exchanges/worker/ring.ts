/** Doubles in a ring, a power of two: 4 MiB, a second of 10,000 frames of 20 levels. */
const CAPACITY = 2 ** 19;
const MASK = CAPACITY - 1;
/** Positions count doubles and wrap here, a multiple of the capacity that stays a small integer. */
const POSITIONS = 2 ** 30 - 1;
/** Cells of the control block before the doubles. */
const WRITTEN = 0;
const READ = 1;
const BEATS = 2;
const CONTROL_BYTES = 16;

/** A record larger than this goes as a parcel: one whole book of 1,000 levels a side fits, doubles. */
export const MAX_RECORD = 8_192;

/** A position as it is kept: one that ran past the end begins anew. */
export function wrapped(position: number): number {
  return position & POSITIONS;
}

/** Kinds of records: a stub that says "take the next parcel", or a book update. */
export const PARCEL = 0;
export const DELTA = 1;
export const SNAPSHOT = 2;

/**
 * A ring of doubles in shared memory with one writing and one reading thread.
 *
 * The writer publishes a whole record by moving `written`, the reader gives room back by moving `read`; both are
 * atomic, so that a reader never sees half a record.
 */
export class Ring {
  private readonly control: Int32Array;
  private readonly doubles: Float64Array;

  /** @param memory - What {@link Ring.allocate} made. */
  constructor(memory: SharedArrayBuffer) {
    this.control = new Int32Array(memory, 0, CONTROL_BYTES / Int32Array.BYTES_PER_ELEMENT);
    this.doubles = new Float64Array(memory, CONTROL_BYTES);
  }

  /** @returns Memory for a ring; its pages are taken as they are first written. */
  static allocate(): SharedArrayBuffer {
    return new SharedArrayBuffer(CONTROL_BYTES + CAPACITY * Float64Array.BYTES_PER_ELEMENT);
  }

  /** Where the next record will begin. */
  get written(): number {
    return Atomics.load(this.control, WRITTEN);
  }

  /** Where the oldest record that was not given back begins. */
  get read(): number {
    return Atomics.load(this.control, READ);
  }

  /** Signs of life of the writer's event loop so far. */
  get beats(): number {
    return Atomics.load(this.control, BEATS);
  }

  get(position: number): number {
    return this.doubles[position & MASK] as number;
  }

  set(position: number, value: number): void {
    this.doubles[position & MASK] = value;
  }

  /** Makes everything before a position visible to the reader; returns the position as the next record begins. */
  publish(position: number): number {
    return Atomics.store(this.control, WRITTEN, wrapped(position));
  }

  /** Gives everything before a position back to the writer, which may wait for it. */
  release(position: number): void {
    Atomics.store(this.control, READ, position);
    Atomics.notify(this.control, READ);
  }

  /** Notes that the writer's event loop turns. */
  beat(): void {
    Atomics.add(this.control, BEATS, 1);
  }

  /** Tells whether so many doubles fit behind a position. */
  hasRoom(position: number, doubles: number): boolean {
    return wrapped(position - this.read) + doubles <= CAPACITY;
  }

  /** Blocks the writing thread until the reader gave something back, or the time is over. */
  waitForRelease(timeoutMs: number): void {
    Atomics.wait(this.control, READ, this.read, timeoutMs);
  }
}

/**
 * Wakes the one reader of all rings: the first writer that finds it asleep says so by a message, the others need not.
 */
export class Bell {
  private readonly cell: Int32Array;

  /** @param memory - Four bytes that all threads share. */
  constructor(memory: SharedArrayBuffer) {
    this.cell = new Int32Array(memory);
  }

  static allocate(): SharedArrayBuffer {
    return new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  }

  /** Notes that the reader will look by itself only when it is woken. */
  sleep(): void {
    Atomics.store(this.cell, 0, 1);
  }

  /** Notes that the reader looks. */
  wake(): void {
    Atomics.store(this.cell, 0, 0);
  }

  /** @returns True for the one writer that must send the message. */
  mustRing(): boolean {
    return Atomics.compareExchange(this.cell, 0, 1, 0) === 1;
  }
}
