import { gunzipSync } from 'node:zlib';
import { type BookCodec, type CodecKind, type CodecMarket, type CodecSink, flat, type Frame, time } from './codec.js';
import { SnapshotAlignment } from './snapshot-alignment.js';

/** Levels of the one incremental feed that every market has. */
const LEVELS = 150;
const RULES = { mayOverlap: false, startsWithFrames: false, meetsSnapshot: true, fedDepth: LEVELS };
/** A frame that is longer when unpacked ends its socket, bytes: a snapshot of 150 levels is a hundredth of it. */
const MOST_FRAME_BYTES = 2 * 1024 * 1024;

interface HtxBook {
  readonly seqNum?: unknown;
  readonly prevSeqNum?: unknown;
  readonly bids?: unknown;
  readonly asks?: unknown;
}

/**
 * htx spot `market.$symbol.mbp.150`: no snapshot comes by itself, but one is asked for on the same socket (`req`); of the
 * changes, each tells in `prevSeqNum` the `seqNum` of the one before, and one tells that of the snapshot
 * (https://huobiapi.github.io/docs/spot/v1/en/#market-by-price-incremental-update,
 * https://www.huobi.com/support/en-us/detail/900001078223/).
 *
 * A change is the difference between two states of the best 150 levels, so none can be applied to a state in between:
 * unlike elsewhere, the first after a snapshot must meet it exactly. The snapshot may be older than the stream; then it
 * is asked for again. Too many requests at once are refused, so one waits for the answer to the one before.
 */
class HtxCodec implements BookCodec {
  private readonly feeds: Map<string, SnapshotAlignment>;
  /** Markets whose snapshot is asked for, the first of them on its way; bounded by the markets of the socket. */
  private readonly asked = new Set<string>();

  constructor(
    markets: readonly CodecMarket[],
    private readonly sink: CodecSink,
  ) {
    this.feeds = new Map(markets.map(({ id, line }) => [id, new SnapshotAlignment(id, line, RULES, sink)]));
  }

  read(frame: Frame, receivedAtMs: number): boolean {
    if (typeof frame['ch'] === 'string') return this.change(frame, idOf(frame['ch']), receivedAtMs);
    if (typeof frame['rep'] === 'string') return this.snapshot(frame, idOf(frame['rep']), receivedAtMs);
    if (typeof frame['subbed'] === 'string') this.feeds.get(idOf(frame['subbed']))?.subscribed();
    // Pings, which ccxt answers, have no status.
    return frame['status'] === 'error' ? this.error(frame) : frame['status'] !== undefined;
  }

  subscribe(ids: readonly string[]): string[] {
    return ids.map((id) => request('sub', id));
  }

  resubscribe(id: string): string[] {
    return [...this.unsubscribe(id), request('sub', id)];
  }

  unsubscribe(id: string): string[] {
    return [request('unsub', id)];
  }

  restart(id: string): void {
    this.feeds.get(id)?.restart();
    this.answered(id);
  }

  requestSnapshot(id: string): void {
    this.asked.add(id);
    if (this.asked.size === 1) this.sink.send(request('req', id));
  }

  private change(frame: Frame, id: string, receivedAtMs: number): boolean {
    const feed = this.feeds.get(id);
    const book = frame['tick'] as HtxBook | undefined;
    if (!feed || !book) return true;
    const sequence = Number(book.seqNum);
    feed.take(
      {
        ...{ v: 1, instrument: feed.line.instrument, kind: 'delta' },
        ...{ bids: flat(book.bids), asks: flat(book.asks), sequence, exchangeTimeMs: time(frame['ts']), receivedAtMs },
      },
      Number(book.prevSeqNum) + 1,
      sequence,
    );
    return true;
  }

  private snapshot(frame: Frame, id: string, receivedAtMs: number): boolean {
    this.answered(id);
    const { seqNum, bids, asks } = (frame['data'] ?? {}) as HtxBook;
    const sequence = Number(seqNum);
    if (sequence > 0 && Array.isArray(bids) && Array.isArray(asks)) {
      this.feeds.get(id)?.offer({ sequence, bids: bids as unknown[][], asks: asks as unknown[][] }, receivedAtMs);
    }
    return true;
  }

  /** An error names its market only by the id that the request carried. */
  private error(frame: Frame): boolean {
    const [verb, id = ''] = String(frame['id']).split(' ');
    this.answered(id);
    // Whoever was not subscribed needs no leaving.
    if (verb !== 'unsub') {
      this.sink.refused(this.feeds.get(id)?.line ?? null, `${String(frame['err-code'])} ${String(frame['err-msg'])}`);
    }
    return true;
  }

  private answered(id: string): void {
    const [current] = this.asked;
    this.asked.delete(id);
    const [next] = this.asked;
    if (next !== undefined && next !== current) this.sink.send(request('req', next));
  }
}

function request(verb: 'sub' | 'unsub' | 'req', id: string): string {
  return JSON.stringify({ [verb]: `market.${id}.mbp.${LEVELS}`, id: `${verb} ${id}` });
}

function idOf(topic: string): string {
  return topic.split('.')[1] ?? '';
}

/** Books of htx spot markets. */
export const htxCodec: CodecKind = {
  address: { at: ['ws', 'api', 'spot', 'feed'], suffix: '' },
  snapshots: null,
  decode: (data, isBinary) => {
    const text = isBinary ? gunzipSync(data, { maxOutputLength: MOST_FRAME_BYTES }) : data;
    return JSON.parse(text.toString()) as unknown;
  },
  idOf: (market) => market.id,
  fedDepth: () => LEVELS,
  // Not limited by the documents; so few that their snapshots, one after the other, come within seconds.
  marketsPerSocket: 40,
  create: (markets, _fedDepth, sink) => new HtxCodec(markets, sink),
};
