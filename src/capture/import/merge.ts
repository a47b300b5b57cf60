import { CaptureError } from '../../core/replay/capture.error.js';

/** Something that a recording shows at one time. */
export interface Moment {
  /** Our clock, epoch milliseconds. */
  readonly atMs: number;
  /** Tells it to the script of the market. */
  readonly play: () => void;
}

/** The moments of one file, in batches: what one part of it holds. */
export interface MomentSource {
  readonly name: string;
  readonly batches: AsyncIterator<readonly Moment[]>;
}

/** Moments that are sorted at once; a table of a year by the minute has half as many. */
const MAX_SORTED = 1_000_000;

/**
 * Puts the moments of a file whose times go back in order; those of one time stay as they came. The whole file is in
 * memory meanwhile.
 *
 * @throws {CaptureError} If it has more than a million of them.
 */
export async function* sortedByTime({ name, batches }: MomentSource): AsyncGenerator<readonly Moment[]> {
  const all: Moment[] = [];
  for (let next = await batches.next(); next.done !== true; next = await batches.next()) {
    for (const moment of next.value) all.push(moment);
    if (all.length > MAX_SORTED) {
      throw new CaptureError(`${name}: only ${MAX_SORTED} moments are sorted at once; sort the file itself`);
    }
  }
  yield all.sort((a, b) => a.atMs - b.atMs);
}

interface Head {
  readonly source: MomentSource;
  batch: readonly Moment[];
  at: number;
}

/**
 * Goes through the moments of several files as one, by their times; of equal times the file named first comes first.
 * Never more than a batch of each is in memory.
 *
 * @throws {CaptureError} If the times of a file go back.
 */
export async function* mergeByTime(sources: readonly MomentSource[]): AsyncGenerator<readonly Moment[]> {
  const heads: Head[] = [];
  for (const source of sources) {
    const head = { source, batch: [], at: 0 };
    if (await fill(head)) heads.push(head);
  }
  while (heads.length > 0) {
    const merged: Moment[] = [];
    // All that is certain before one of the files must be read on.
    const spent = takeWhileKnown(heads, merged);
    yield merged;
    if (!(await fill(spent))) heads.splice(heads.indexOf(spent), 1);
  }
}

function takeWhileKnown(heads: readonly Head[], into: Moment[]): Head {
  for (;;) {
    let next = heads[0] as Head;
    for (const head of heads) if (timeOf(head) < timeOf(next)) next = head;
    into.push(next.batch[next.at] as Moment);
    next.at += 1;
    if (next.at === next.batch.length) return next;
  }
}

function timeOf({ batch, at }: Head): number {
  return (batch[at] as Moment).atMs;
}

async function fill(head: Head): Promise<boolean> {
  let lastMs = head.batch.at(-1)?.atMs ?? -Infinity;
  for (;;) {
    const next = await head.source.batches.next();
    if (next.done === true) return false;
    const { value } = next;
    for (const { atMs } of value) {
      if (atMs < lastMs)
        throw new CaptureError(`${head.source.name}: its times go back at ${atMs} ms; import it with --sort`);
      lastMs = atMs;
    }
    if (value.length === 0) continue;
    head.batch = value;
    head.at = 0;
    return true;
  }
}
