import { BPS } from '../money/bps.js';
import { type Route, namesOf } from '../market/route.js';
import type { SpreadCandle } from './spread-candle.js';

const SECOND_MS = 1_000;

/** The tops of one route as a sample sees them, both in the buying quote per unit of the asset. */
export interface SpreadSample {
  readonly ask: number;
  readonly bid: number;
  readonly buyTakerFeeBps: number;
  readonly sellTakerFeeBps: number;
  /** Milliseconds that this sample speaks for. */
  readonly spokenForMs: number;
}

/**
 * Routes whose spreads are sampled one after another, with the sampler's own marks on them: side by side, since marks on
 * tens of thousands of objects would each be waited for.
 */
export class SpreadRow {
  /** Where the sampler keeps the second that runs of each route; -1 before its first sample. */
  readonly slots: Int32Array;
  /** The second that the slots are of, by the sampler's count. */
  second = 0;

  /**
   * @param asset - Whose routes they are compared with.
   * @param routes - The routes.
   * @param before - The row that this one takes the place of; what was sampled of its routes goes on.
   */
  constructor(
    readonly asset: string,
    readonly routes: readonly Route[],
    before?: SpreadRow,
  ) {
    this.slots = new Int32Array(routes.length).fill(-1);
    if (!before) return;
    this.second = before.second;
    for (const [at, route] of before.routes.entries()) {
      const here = routes.indexOf(route);
      if (here >= 0) this.slots[here] = before.slots[at] as number;
    }
  }
}

// Fields of one running candle. Numbers lie side by side in one array, as there may be tens of thousands of them, looked
// at ten times a second: objects in a map cost twenty times as much.
const OPEN = 0;
const HIGH = 1;
const LOW = 2;
const CLOSE = 3;
const GROSS = 4;
const SAMPLES = 5;
const ABOVE = 6;
const FIELDS = 8;

const INITIAL_SLOTS = 64;

/**
 * Gathers samples of the net spread of every route into candles of a second, and keeps the best routes of each asset.
 * Bounded: rows by assets × `routes` a second, cost by how often it is sampled and never by how many updates come.
 */
export class SpreadSampler {
  private readonly rows: SpreadRow[] = [];
  /** Places of the slots' routes in their rows. */
  private readonly places: number[] = [];
  private fields = new Float64Array(INITIAL_SLOTS * FIELDS);
  private secondMs = NaN;
  /** How many seconds were told. */
  private second = 0;

  /**
   * @param routes - Routes of each asset that are told.
   * @param minNetBps - What `aboveMs` is measured against.
   * @param tell - Takes the candles of each second that is over.
   */
  constructor(
    private readonly routes: number,
    private readonly minNetBps: number,
    private readonly tell: (candles: readonly SpreadCandle[]) => void,
  ) {}

  /**
   * Begins a round of samples; tells of the second that is over.
   *
   * @param nowMs - Our clock.
   */
  begin(nowMs: number): void {
    const secondMs = nowMs - (nowMs % SECOND_MS);
    if (secondMs !== this.secondMs) {
      this.end();
      this.secondMs = secondMs;
    }
  }

  /**
   * Takes a sample of one route.
   *
   * @param row - The row that it is in.
   * @param at - Its place there.
   * @param sample - The tops; read at once, so that the caller may fill in the same one again.
   */
  take(row: SpreadRow, at: number, sample: SpreadSample): void {
    const ratio = sample.bid / sample.ask;
    const gross = (ratio - 1) * BPS;
    const net = gross - ratio * sample.sellTakerFeeBps - sample.buyTakerFeeBps;
    if (Number.isNaN(net)) return;
    if (row.second !== this.second) {
      row.slots.fill(-1);
      row.second = this.second;
    }
    let slot = row.slots[at] as number;
    if (slot < 0) slot = this.enter(row, at, net);
    const { fields } = this;
    const first = slot * FIELDS;
    if (net > (fields[first + HIGH] as number)) fields[first + HIGH] = net;
    if (net < (fields[first + LOW] as number)) fields[first + LOW] = net;
    fields[first + CLOSE] = net;
    fields[first + GROSS] = gross;
    fields[first + SAMPLES] = (fields[first + SAMPLES] as number) + 1;
    if (net >= this.minNetBps) fields[first + ABOVE] = (fields[first + ABOVE] as number) + sample.spokenForMs;
  }

  /** Tells of the second that runs, as far as it came. */
  end(): void {
    if (this.rows.length === 0) return;
    const byAsset = new Map<string, number[]>();
    let asset: string | null = null;
    let best: number[] = [];
    // The routes of an asset come one after another, mostly.
    for (let slot = 0; slot < this.rows.length; slot++) {
      const row = this.rows[slot] as SpreadRow;
      if (row.asset !== asset) {
        ({ asset } = row);
        best = byAsset.get(asset) ?? [];
        byAsset.set(asset, best);
      }
      this.keepBest(best, slot);
    }
    const candles = [...byAsset.values()].flat().map((slot) => this.candle(slot));
    this.rows.length = 0;
    this.places.length = 0;
    this.second += 1;
    this.tell(candles);
  }

  private enter(row: SpreadRow, at: number, net: number): number {
    const slot = this.rows.push(row) - 1;
    this.places.push(at);
    row.slots[at] = slot;
    if (this.fields.length < (slot + 1) * FIELDS) {
      const grown = new Float64Array(this.fields.length * 2);
      grown.set(this.fields);
      this.fields = grown;
    }
    const { fields } = this;
    const first = slot * FIELDS;
    fields[first + OPEN] = net;
    fields[first + HIGH] = net;
    fields[first + LOW] = net;
    fields[first + SAMPLES] = 0;
    fields[first + ABOVE] = 0;
    return slot;
  }

  // Insertion into a short sorted list: sorting all routes of all assets each second would cost more than the samples.
  private keepBest(best: number[], slot: number): void {
    const high = this.field(slot, HIGH);
    let at = best.length;
    while (at > 0 && this.field(best[at - 1] as number, HIGH) < high) at -= 1;
    if (at >= this.routes) return;
    best.splice(at, 0, slot);
    if (best.length > this.routes) best.pop();
  }

  private candle(slot: number): SpreadCandle {
    return {
      v: 1,
      startMs: this.secondMs,
      ...namesOf(this.routeOf(slot)),
      openBps: this.field(slot, OPEN),
      highBps: this.field(slot, HIGH),
      lowBps: this.field(slot, LOW),
      closeBps: this.field(slot, CLOSE),
      grossBps: this.field(slot, GROSS),
      samples: this.field(slot, SAMPLES),
      // What a sample at its beginning says of the second before would count beyond it.
      aboveMs: Math.min(this.field(slot, ABOVE), SECOND_MS),
    };
  }

  private routeOf(slot: number): Route {
    return (this.rows[slot] as SpreadRow).routes[this.places[slot] as number] as Route;
  }

  private field(slot: number, field: number): number {
    return this.fields[slot * FIELDS + field] as number;
  }
}
