import type { Subscription } from 'rxjs';
import type { Opportunity } from '../../src/core/opportunity/opportunity.js';
import { listen, MarketRig } from '../support/market-rig.js';

/** Books whose tops are remembered: of each one, those of some minutes. */
const MOST_KEPT = 400_000;

/** What the books truly were at each of their sequences, heard straight from the exchanges. */
export class TrueTops {
  private readonly tops = new Map<string, readonly [bid: number, ask: number]>();
  private readonly rig: MarketRig;
  private readonly listening: Subscription;

  constructor(settings: { exchangeGateway: string; exchanges: string[]; symbols: string[] }) {
    this.rig = new MarketRig({ ...settings, bookDepth: 50 });
    this.listening = listen(this.rig.feed.events$, (event) => {
      if (event.type !== 'book' || this.tops.size >= MOST_KEPT) return;
      const { exchange, symbol } = event.update.instrument;
      const book = this.rig.feed.books.get(`${exchange}:${symbol}`);
      if (typeof book?.sequence !== 'number') return;
      this.tops.set(`${exchange} ${symbol} ${book.sequence}`, [book.bids.price(0), book.asks.price(0)]);
    });
    this.rig.feed.start();
  }

  /** Compares the books with which an opportunity opened; those of sequences that were not heard here say nothing. */
  compare({ books, legs }: Opportunity): { equal: number; different: string[] } {
    const result = { equal: 0, different: [] as string[] };
    for (const { exchange, symbol, sequence } of legs) {
      const shown = books?.opening?.find((book) => book.exchange === exchange && book.symbol === symbol);
      const truth = this.tops.get(`${exchange} ${symbol} ${String(sequence)}`);
      if (!shown || !truth) continue;
      const [bid, ask] = [shown.bids[0]?.[0], shown.asks[0]?.[0]];
      if (bid === truth[0] && ask === truth[1]) result.equal += 1;
      else
        result.different.push(
          `${exchange} ${symbol} ${String(sequence)}: ${String(bid)} ${String(ask)}, not ${truth.join(' ')}`,
        );
    }
    return result;
  }

  async close(): Promise<void> {
    this.listening.unsubscribe();
    await this.rig.close();
  }
}
