import protobuf from 'protobufjs/minimal.js';
import { topLevels, type WireLevel } from '../wire/depth-view.js';
import type { BookStep, SimBook } from '../world/sim-book.js';
import { levelOf } from './mexc-text.js';

/** The wire type of text and of messages within messages. */
const BYTES = 2;
const LIMIT_DEPTHS = 303;
const AGGRE_DEPTHS = 313;

/** Writes one frame of a stream: a protobuf message, whose fields are numbered in the exchange's published schema. */
export type MexcStream = (stream: string, step: BookStep, isCorrupt: boolean) => Buffer;

/** Changed levels over a range of versions. */
const changes: MexcStream = (stream, step, isCorrupt) => {
  const skip = isCorrupt ? 7 : 0;
  const side = (wanted: 'bid' | 'ask'): readonly WireLevel[] => step.changes.filter((change) => change.side === wanted);
  return push(stream, step, AGGRE_DEPTHS, (body) => {
    levels(body, step.book, side('ask'), side('bid'));
    body.uint32(tag(3)).string(stream.slice(0, stream.lastIndexOf('@')));
    body.uint32(tag(4)).string(String(step.previousSequence + 1 + skip));
    body.uint32(tag(5)).string(String(step.sequence + skip));
  });
};

/** The whole of the best levels. */
function whole(depth: number): MexcStream {
  return (stream, step) =>
    push(stream, step, LIMIT_DEPTHS, (body) => {
      const { book } = step;
      levels(body, book, topLevels(book.asks, depth), topLevels(book.bids, depth));
      body.uint32(tag(3)).string('spot@public.limit.depth.v3.api.pb');
      body.uint32(tag(4)).string(String(step.sequence));
    });
}

const STREAM =
  /^spot@public\.(?:aggre\.depth\.v3\.api\.pb@(?:10|100)ms@(\w+)|limit\.depth\.v3\.api\.pb@(\w+)@(5|10|20))$/;

/**
 * Finds what a stream such as `spot@public.aggre.depth.v3.api.pb@100ms@BTCUSDT` sends, and of which market.
 *
 * @returns Null when mexc has no such stream here.
 */
export function mexcStream(name: string): { wireId: string; write: MexcStream } | null {
  const [, changed, limited, depth] = STREAM.exec(name) ?? [];
  if (changed !== undefined) return { wireId: changed, write: changes };
  return limited === undefined ? null : { wireId: limited, write: whole(Number(depth)) };
}

function push(stream: string, step: BookStep, field: number, write: (body: protobuf.Writer) => void): Buffer {
  const frame = protobuf.Writer.create();
  frame.uint32(tag(1)).string(stream);
  frame.uint32(tag(3)).string(step.book.listing.wireId);
  frame.uint32(tag(6, 0)).int64(Math.floor(step.timeMs));
  frame.uint32(tag(field)).fork();
  write(frame);
  return Buffer.from(frame.ldelim().finish());
}

function levels(body: protobuf.Writer, book: SimBook, asks: readonly WireLevel[], bids: readonly WireLevel[]): void {
  for (const [field, side] of [[1, asks] as const, [2, bids] as const]) {
    for (const level of side) {
      const [price, quantity] = levelOf(book, level);
      body.uint32(tag(field)).fork().uint32(tag(1)).string(price).uint32(tag(2)).string(quantity).ldelim();
    }
  }
}

function tag(field: number, wireType = BYTES): number {
  return (field << 3) | wireType;
}
