import { CodecRig } from './codec-rig.js';
import type { BookCodec, CodecKind } from './codec.js';

/** The market of a {@link CodecRig}. */
export type RigMarket = ConstructorParameters<typeof CodecRig>[1];

/** What is told of one frame: handled, left alone or unreadable, with everything that came of it. */
interface Outcome {
  readonly answer: string;
  readonly events: readonly unknown[];
  readonly broken: readonly string[];
  readonly book: unknown;
}

/**
 * For specs: two books of one exchange that get the same frames, one by every way that its codec has, the other by
 * JSON.parse alone. Both must tell the same.
 */
export class BothWays {
  readonly bytes: CodecRig;
  readonly parsed: CodecRig;
  /** Frames that were read from their bytes. */
  fromBytes = 0;

  constructor(kind: CodecKind, market: RigMarket, capacity = 10_000) {
    this.bytes = new CodecRig(
      { ...kind, create: (...given) => this.counting(kind.create(...given)) },
      market,
      capacity,
    );
    this.parsed = new CodecRig(
      { ...kind, create: (...given) => withoutBytes(kind.create(...given)) },
      market,
      capacity,
    );
  }

  /** Lets a frame arrive on both. @returns What either told: equal where the ways agree. */
  receive(data: Buffer): { readonly bytes: Outcome; readonly parsed: Outcome } {
    return { bytes: outcome(this.bytes, data), parsed: outcome(this.parsed, data) };
  }

  private counting(codec: BookCodec): BookCodec {
    const read = codec.readBytes?.bind(codec);
    if (!read) throw new Error('this codec reads no bytes');
    codec.readBytes = (data, receivedAtMs) => {
      const isRead = read(data, receivedAtMs);
      if (isRead) this.fromBytes += 1;
      return isRead;
    };
    return codec;
  }
}

function withoutBytes(codec: BookCodec): BookCodec {
  codec.readBytes = () => false;
  return codec;
}

function outcome(rig: CodecRig, data: Buffer): Outcome {
  const before = rig.events.length;
  let answer: string;
  try {
    answer = String(rig.receiveBytes(data, false));
  } catch (error) {
    answer = (error as Error).name;
  }
  const { bids, asks, sequence, exchangeTimeMs } = rig.book;
  const book = { bids: bids.top(50), asks: asks.top(50), sequence, exchangeTimeMs };
  return { answer, events: rig.events.slice(before), broken: [...rig.broken], book };
}
