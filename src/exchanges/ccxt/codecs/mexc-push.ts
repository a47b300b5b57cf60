import protobuf from 'protobufjs/minimal.js';

/** A pushed frame of mexc, as far as books need it. */
export class MexcPush {
  symbol = '';
  /** Epoch milliseconds; NaN where the frame tells none. */
  sentAtMs = NaN;
  /** Null where the frame is about something else than changed levels. */
  depth: MexcDepth | null = null;
}

/** Changed levels over a range of versions; NaN where a frame leaves something out, so that no book takes it. */
export interface MexcDepth {
  readonly bids: number[];
  readonly asks: number[];
  first: number;
  last: number;
}

const VARINT = 0;
const BYTES = 2;
/** What stands before a field: its number and its wire type. A known number of another type is skipped as unknown. */
const tag = (field: number, wireType: number): number => (field << 3) | wireType;

const SYMBOL = tag(3, BYTES);
const SEND_TIME = tag(6, VARINT);
const AGGRE_DEPTHS = tag(313, BYTES);
const ASKS = tag(1, BYTES);
const BIDS = tag(2, BYTES);
const FROM_VERSION = tag(4, BYTES);
const TO_VERSION = tag(5, BYTES);
const PRICE = tag(1, BYTES);
const QUANTITY = tag(2, BYTES);

/**
 * Reads a protobuf frame by field number, skipping fields that are not known
 * (https://github.com/mexcdevelop/websocket-proto, `PushDataV3ApiWrapper` and `PublicAggreDepthsV3Api`).
 *
 * @throws {Error} If the bytes are no whole message.
 */
export function readPush(data: Uint8Array): MexcPush {
  const reader = protobuf.Reader.create(data);
  const push = new MexcPush();
  while (reader.pos < reader.len) {
    const next = reader.uint32();
    if (next === SYMBOL) push.symbol = reader.string();
    else if (next === SEND_TIME) push.sentAtMs = Number(reader.int64());
    else if (next === AGGRE_DEPTHS) push.depth = readDepth(reader);
    else reader.skipType(next & 7);
  }
  return push;
}

function readDepth(reader: protobuf.Reader): MexcDepth {
  const end = endOf(reader);
  const depth: MexcDepth = { bids: [], asks: [], first: NaN, last: NaN };
  while (reader.pos < end) {
    const next = reader.uint32();
    if (next === ASKS) readLevel(reader, depth.asks);
    else if (next === BIDS) readLevel(reader, depth.bids);
    else if (next === FROM_VERSION) depth.first = Number(reader.string());
    else if (next === TO_VERSION) depth.last = Number(reader.string());
    else reader.skipType(next & 7);
  }
  assertEnd(reader, end);
  return depth;
}

function readLevel(reader: protobuf.Reader, levels: number[]): void {
  const end = endOf(reader);
  let price = NaN;
  let size = NaN;
  while (reader.pos < end) {
    const next = reader.uint32();
    if (next === PRICE) price = Number(reader.string());
    else if (next === QUANTITY) size = Number(reader.string());
    else reader.skipType(next & 7);
  }
  assertEnd(reader, end);
  levels.push(price, size);
}

function endOf(reader: protobuf.Reader): number {
  const length = reader.uint32();
  return reader.pos + length;
}

function assertEnd(reader: protobuf.Reader, end: number): void {
  if (reader.pos !== end) throw new RangeError(`a field runs past the end of its message at byte ${end}`);
}
