import type { BookLine, BookRules, DraftUpdate } from '../../books/book-line.js';
import { type CodecSink, flat, type RestSnapshot } from './codec.js';

const WHOLE: BookRules = { fedDepth: null, checksum: null };
/** Frames kept back while a snapshot is on its way: the last 25 to 50 seconds of them. */
const MAX_HELD = 500;

interface Held {
  readonly update: DraftUpdate;
  readonly first: number;
  readonly last: number;
}

/** What an exchange documents of its deltas. */
export interface AlignmentRules {
  /** A delta may begin before the end of the one before it at any time, not only right after a snapshot. */
  readonly mayOverlap: boolean;
  /** The stream is known to run once a delta comes; else only once `subscribed` is called. */
  readonly startsWithFrames: boolean;
  /** The first delta after a snapshot begins exactly where that ends; absent where it may overlap it. */
  readonly meetsSnapshot?: boolean;
  /** Snapshot and deltas are of the best so many levels, as in {@link BookRules}; absent where of the whole book. */
  readonly fedDepth?: number;
}

/**
 * Joins one market's deltas, each over a range of sequences, with a snapshot that is asked for: holds the deltas back, asks
 * for the snapshot, drops what it already holds, then asks of each delta that it follows the one before without a hole.
 */
export class SnapshotAlignment {
  /** End of the last applied delta, null while a snapshot is awaited. */
  private last: number | null = null;
  /** True until the first delta after a snapshot, which may overlap it. */
  private isAligning = false;
  private isAsked = false;
  private isRunning: boolean;
  private held: Held[] = [];
  private readonly wholeRules: BookRules;
  private bookRules: BookRules;

  constructor(
    private readonly id: string,
    readonly line: BookLine,
    private readonly rules: AlignmentRules,
    private readonly sink: CodecSink,
  ) {
    this.isRunning = rules.startsWithFrames;
    const { fedDepth } = rules;
    this.wholeRules = fedDepth === undefined ? WHOLE : { ...WHOLE, fedDepth, shownDepth: fedDepth };
    this.bookRules = this.wholeRules;
  }

  /** Notes that the stream runs: whatever changes from now on comes as a delta. */
  subscribed(): void {
    this.isRunning = true;
    if (this.last === null) this.ask();
  }

  /** Takes a delta over the sequences from `first` to `last`. */
  take(update: DraftUpdate, first: number, last: number): void {
    if (this.last === null) this.hold({ update, first, last });
    else this.follow({ update, first, last });
  }

  /** Forgets the numbering: deltas count only after the next snapshot. */
  restart(): void {
    this.last = null;
    this.isAsked = false;
    this.isRunning = this.rules.startsWithFrames;
    this.held = [];
  }

  /** Takes the snapshot that was asked for; one that is older than the deltas at hand is asked for again. */
  offer(snapshot: RestSnapshot, receivedAtMs: number): void {
    if (this.last !== null) return;
    const oldest = this.held[0];
    if (oldest && snapshot.sequence < oldest.first - 1) {
      this.sink.wantsSnapshot(this.id);
      return;
    }
    const held = this.held;
    this.held = [];
    this.isAsked = false;
    this.last = snapshot.sequence;
    this.isAligning = true;
    const update: DraftUpdate = {
      v: 1,
      instrument: this.line.instrument,
      kind: 'snapshot',
      bids: flat(snapshot.bids),
      asks: flat(snapshot.asks),
      ...(snapshot.limit === undefined ? {} : { limit: snapshot.limit }),
      sequence: snapshot.sequence,
      exchangeTimeMs: null,
      receivedAtMs,
    };
    this.bookRules = snapshot.limit === undefined ? this.wholeRules : { ...WHOLE, shownDepth: snapshot.limit };
    if (!this.sink.update(this.line, update, this.bookRules, null)) {
      this.last = null;
      return;
    }
    for (const { update: delta, first, last } of held) {
      // It was received before the snapshot but is applied after it: time must not run backwards.
      if (!this.follow({ update: { ...delta, receivedAtMs }, first, last })) return;
    }
  }

  private hold(frame: Held): void {
    // The oldest go first: the snapshot on its way is younger than they are.
    if (this.held.length >= MAX_HELD) this.held.splice(0, MAX_HELD / 2);
    this.held.push(frame);
    if (this.isRunning) this.ask();
  }

  private ask(): void {
    if (this.isAsked) return;
    this.isAsked = true;
    this.sink.wantsSnapshot(this.id);
  }

  /** Applies a delta in its turn; false when the book is lost. */
  private follow({ update, first, last }: Held): boolean {
    const expected = (this.last as number) + 1;
    const mayOverlap = this.isAligning || this.rules.mayOverlap;
    if (mayOverlap && last < expected) return true;
    const fits = mayOverlap && this.rules.meetsSnapshot !== true ? first <= expected : first === expected;
    this.isAligning = false;
    if (!fits && this.sink.broken(this.line, 'sequence_gap')) {
      this.last = null;
      return false;
    }
    this.last = last;
    if (this.sink.update(this.line, update, this.bookRules, null)) return true;
    this.last = null;
    return false;
  }
}
