import { BookFaults } from '../faults/book-faults.js';
import {
  type BookFault,
  type CheckedFault,
  type FrameFault,
  type NetworkFault,
  isBookFault,
  isFrameFault,
  isRestFault,
  type RestFault,
} from '../faults/fault.js';
import { FrameFaults } from '../faults/frame-faults.js';
import { Lasting } from '../faults/lasting.js';
import { NetworkFaults } from '../faults/network-faults.js';
import { RestFaults } from '../faults/rest-faults.js';

/** The faults of one exchange that are in force, a class for each of its concerns. */
export class ExchangeFaults {
  readonly frames: FrameFaults;
  readonly books: BookFaults;
  readonly rest: RestFaults;
  readonly networks = new NetworkFaults();
  private readonly refusals: Lasting<true>;
  private readonly clockOffset: Lasting<number>;

  constructor(now: () => number) {
    this.frames = new FrameFaults(now);
    this.books = new BookFaults(now);
    this.rest = new RestFaults(now);
    this.refusals = new Lasting(now);
    this.clockOffset = new Lasting(now);
  }

  /** Puts a fault in force; what is done to connections at once (`kill`, `stall`) is not kept here. */
  inject(fault: Exclude<CheckedFault, NetworkFault>): void {
    if (isFrameFault(fault)) this.frames.inject(fault);
    else if (isBookFault(fault)) this.books.inject(fault);
    else if (isRestFault(fault)) this.rest.inject(fault);
    else this.injectOther(fault);
  }

  /** True while no market data leaves for the symbol; null asks for the whole exchange. */
  isFrozen(symbol: string | null): boolean {
    return this.frames.isFrozen(symbol);
  }

  /** True while new sockets are turned away. */
  get isRefusing(): boolean {
    return this.refusals.get('*') !== null || this.rest.maintenance !== null;
  }

  /** What the exchange's clock is ahead by, ms. */
  get clockOffsetMs(): number {
    return this.clockOffset.get('*') ?? 0;
  }

  private injectOther(fault: Exclude<CheckedFault, FrameFault | BookFault | RestFault | NetworkFault>): void {
    switch (fault.fault) {
      case 'refuse':
        this.refusals.set('*', true, fault.durationMs);
        return;
      case 'clock':
        this.clockOffset.set('*', fault.offsetMs, fault.durationMs ?? Infinity);
        return;
      case 'delist':
        this.books.delist(fault.symbol);
        return;
      case 'relist':
        this.books.relist(fault.symbol);
        return;
      case 'clear':
        for (const concern of [this.frames, this.books, this.rest, this.networks, this.refusals, this.clockOffset]) {
          concern.clear();
        }
        return;
      case 'kill':
      case 'stall':
        return;
    }
  }
}
