import type { BookLine, BookRules, DistrustReason, DraftUpdate } from '../../books/book-line.js';

/** A market as a codec needs it. */
export interface CodecMarket {
  readonly line: BookLine;
  /** The exchange's own id of the market, as its frames name it. */
  readonly id: string;
  /** Decimals in which the exchange writes prices and sizes for its checksum. */
  readonly priceDecimals: number;
  readonly sizeDecimals: number;
}

/** What a codec tells of the frames that it reads; all of it is answered synchronously. */
export interface CodecSink {
  /** A frame in neutral form; false when the book was thrown away because of it. */
  update(line: BookLine, update: DraftUpdate, rules: BookRules, checksum: number | null): boolean;
  /**
   * The exchange's own numbering is broken.
   *
   * @returns True when the book was thrown away and is asked for again; false where such breaks are only counted, and
   * the frame is read as if nothing were missing.
   */
  broken(line: BookLine, reason: DistrustReason): boolean;
  /** A frame of this socket is missing and nobody knows whose: as {@link broken}, for every book on it. */
  lost(reason: DistrustReason): boolean;
  /** The exchange refused a subscription; null when it does not say whose. */
  refused(line: BookLine | null, message: string): void;
  /** The codec keeps frames back until it gets a snapshot of this market, by REST or as it asks for it itself. */
  wantsSnapshot(id: string): void;
  /** Sends a frame that the codec owes the exchange without being asked by its owner. */
  send(frame: string): void;
}

/** A REST answer that holds a whole book, as the exchange wrote it. */
export interface RestSnapshot {
  readonly bids: readonly (readonly unknown[])[];
  readonly asks: readonly (readonly unknown[])[];
  readonly sequence: number;
  /** The exchange shows at most so many levels a side; absent when more than are kept were asked for. */
  readonly limit?: number;
}

/**
 * Turns the raw book frames of one exchange into updates and proves their sequence. One instance per socket.
 *
 * A codec knows the exchange's wire and nothing of sockets; it never throws on what the exchange sends.
 */
export interface BookCodec {
  /**
   * Reads a book frame straight from its bytes, where that is cheaper than parsing it first.
   *
   * @returns False when the frame is not of the one shape that is read this way: it is decoded and given to `read`.
   */
  readBytes?(data: Buffer, receivedAtMs: number): boolean;
  /**
   * Reads one parsed frame.
   *
   * @returns True when the frame was about books and needs no other handler.
   */
  read(frame: Frame, receivedAtMs: number): boolean;
  /** Frames to send so that these markets are fed, within the exchange's bounds per frame. */
  subscribe(ids: readonly string[]): string[];
  /** Frames to send so that a fresh snapshot of a market comes; empty when REST gives it. */
  resubscribe(id: string): string[];
  /** Frames to send so that a market is fed no more; absent where only a new socket does that. */
  unsubscribe?(id: string): string[];
  /** Forgets a market's numbering: its deltas count only after its next snapshot. */
  restart(id: string): void;
  /** Asks for a wanted snapshot over the socket; absent where REST gives it. */
  requestSnapshot?(id: string): void;
  /** Takes the REST snapshot that was wanted; exchanges that stream snapshots have none. */
  offerSnapshot?(id: string, snapshot: RestSnapshot, receivedAtMs: number): void;
}

/** A parsed frame of any shape, an object or an array. */
export type Frame = Readonly<Record<string, unknown>>;

/** How a whole book is read over REST, where the socket streams none. */
export interface SnapshotSource {
  /** ccxt's name of the endpoint. */
  readonly endpoint: string;
  /** Parameters for a market, so that more levels come than are kept. */
  parameters(id: string, kept: number): object;
  /** Reads the answer; null when it is none. */
  read(answer: unknown): RestSnapshot | null;
}

/** Where ccxt keeps the address of a socket, below `urls.api`, and what is appended to it. */
export interface KeptAddress {
  readonly at: readonly string[];
  readonly suffix: string;
}

/** A REST call that gives the address of a socket: it carries a token, so it is made anew before each dial. */
export interface AskedAddress {
  /** ccxt's name of the endpoint. */
  readonly endpoint: string;
  /** Reads the answer; null when it holds no address. */
  read(answer: unknown): string | null;
}

/** How one exchange's books are taken; one entry per exchange in the list of codecs. */
export interface CodecKind {
  readonly address: KeptAddress | AskedAddress;
  /** Null where snapshots come over the socket. */
  readonly snapshots: SnapshotSource | null;
  /**
   * Turns the bytes of a frame into what `read` takes; anything but an object or an array is left to ccxt. Absent where
   * frames are JSON text.
   *
   * @throws {Error} If the bytes cannot be read.
   */
  decode?(data: Buffer, isBinary: boolean): unknown;
  /** How the exchange's book frames name a market. */
  idOf(market: { readonly id: string; readonly symbol: string; readonly info?: Frame }): string;
  /** Levels asked of the feed for so many wanted ones. */
  fedDepth(wanted: number): number;
  /** A market's frames come at least this often though nothing changed, milliseconds; absent where none is promised. */
  readonly cadenceMs?: number;
  /** False where frames carry no numbering that could break: a checksum proves them, or each is a whole book. */
  readonly isNumbered?: false;
  /** The most markets on one socket. */
  readonly marketsPerSocket: number;
  create(markets: readonly CodecMarket[], fedDepth: number, sink: CodecSink): BookCodec;
}

/**
 * Appends rows `[price, size, …]` of strings or numbers to one flat list.
 *
 * @param rows - Rows as the exchange wrote them; anything else leaves the list empty.
 * @returns Flat levels, best first when the rows are.
 */
export function flat(rows: unknown): number[] {
  const levels: number[] = [];
  if (!Array.isArray(rows)) return levels;
  for (const row of rows as unknown[][]) levels.push(Number(row[0]), Number(row[1]));
  return levels;
}

/**
 * Reads a time in epoch milliseconds.
 *
 * @returns The time, null when the frame carries none.
 */
export function time(value: unknown): number | null {
  const timeMs = Number(value);
  return timeMs > 0 ? timeMs : null;
}

/** Splits a list into parts of at most so many. */
export function chunks<T>(items: readonly T[], size: number): T[][] {
  const parts: T[][] = [];
  for (let from = 0; from < items.length; from += size) parts.push(items.slice(from, from + size));
  return parts;
}
