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

/** Whose spread is sampled, with the sampler's own mark on it. */
export interface SpreadHolder {
  readonly route: Route;
  /** Where the sampler keeps the second that runs; -1 before the first sample. */
  spreadSlot: number;
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
  private readonly routesOfSlots: Route[] = [];
  private readonly assets: string[] = [];
  private fields = new Float64Array(INITIAL_SLOTS * FIELDS);
  private secondMs = NaN;

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
   * @param asset - Whose routes it is compared with.
   * @param holder - Whose spread it is.
   * @param sample - The tops.
   */
  take(asset: string, holder: SpreadHolder, sample: SpreadSample): void {
    const ratio = sample.bid / sample.ask;
    const gross = (ratio - 1) * BPS;
    const net = gross - ratio * sample.sellTakerFeeBps - sample.buyTakerFeeBps;
    if (Number.isNaN(net)) return;
    if (this.routesOfSlots[holder.spreadSlot] !== holder.route) this.enter(asset, holder, net);
    const { fields } = this;
    const at = holder.spreadSlot * FIELDS;
    if (net > (fields[at + HIGH] as number)) fields[at + HIGH] = net;
    if (net < (fields[at + LOW] as number)) fields[at + LOW] = net;
    fields[at + CLOSE] = net;
    fields[at + GROSS] = gross;
    fields[at + SAMPLES] = (fields[at + SAMPLES] as number) + 1;
    if (net >= this.minNetBps) fields[at + ABOVE] = (fields[at + ABOVE] as number) + sample.spokenForMs;
  }

  /** Tells of the second that runs, as far as it came. */
  end(): void {
    if (this.routesOfSlots.length === 0) return;
    const byAsset = new Map<string, number[]>();
    for (const [slot, asset] of this.assets.entries()) {
      const best = byAsset.get(asset);
      if (best) this.keepBest(best, slot);
      else byAsset.set(asset, [slot]);
    }
    const candles = [...byAsset.values()].flatMap((best) => best.map((slot) => this.candle(slot)));
    this.routesOfSlots.length = 0;
    this.assets.length = 0;
    this.tell(candles);
  }

  private enter(asset: string, holder: SpreadHolder, net: number): void {
    const slot = this.routesOfSlots.push(holder.route) - 1;
    this.assets.push(asset);
    holder.spreadSlot = slot;
    if (this.fields.length < (slot + 1) * FIELDS) {
      const grown = new Float64Array(this.fields.length * 2);
      grown.set(this.fields);
      this.fields = grown;
    }
    this.fields.fill(net, slot * FIELDS, slot * FIELDS + GROSS);
    this.fields.fill(0, slot * FIELDS + GROSS, (slot + 1) * FIELDS);
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
      ...namesOf(this.routesOfSlots[slot] as Route),
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

  private field(slot: number, field: number): number {
    return this.fields[slot * FIELDS + field] as number;
  }
}
