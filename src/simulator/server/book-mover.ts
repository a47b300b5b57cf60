import type { BookHistory } from '../truth/book-history.js';
import type { SpellLedger } from '../truth/spell-ledger.js';
import type { SimBook } from '../world/sim-book.js';
import type { World } from '../world/world.js';
import type { ExchangeDesk } from './exchange-desk.js';
import { SLOTS_PER_TICK } from './pacer.js';

/** Moves the books, sends what changed and keeps the truth of it; those of an exchange that rests stand still. */
export class BookMover {
  /** Steps of all books since the start. */
  steps = 0;
  private readonly deskByBook: readonly (ExchangeDesk | undefined)[];

  constructor(
    private readonly world: World,
    desks: readonly ExchangeDesk[],
    private readonly history: BookHistory,
    private readonly ledger: SpellLedger,
    private readonly now: () => number,
  ) {
    this.deskByBook = world.books.map((book) => desks.find((desk) => desk.exchange === book.listing.exchange));
  }

  /** Moves the books of one slot of a tick; the first slot moves the world. */
  run(slot: number): void {
    if (slot === 0) this.world.advance();
    for (let index = slot; index < this.world.books.length; index += SLOTS_PER_TICK) {
      if (this.deskByBook[index]?.isMoving === true) this.move(index);
      else this.ledger.rest(this.world.books[index] as SimBook, this.now());
    }
  }

  /** Brings the books of an exchange that rested to the prices of this moment: whoever connects first finds them so. */
  wake(desk: ExchangeDesk): void {
    for (const [index, other] of this.deskByBook.entries()) if (other === desk) this.move(index);
  }

  // A book that is off the market pays nobody; a frozen one counts as it stands.
  private move(index: number): void {
    const desk = this.deskByBook[index];
    const book = this.world.books[index] as SimBook;
    const { symbol } = book.listing;
    const publishingMs = this.now();
    if (!desk || desk.faults.books.isFrozen(symbol)) return;
    if (desk.faults.books.isDelisted(symbol)) {
      this.ledger.rest(book, publishingMs);
      return;
    }
    const step = this.world.stepBook(index, desk.clock(), desk.faults.books.distortionOf(symbol));
    desk.wire.publish(step);
    this.history.record(step, publishingMs);
    this.ledger.update(step, publishingMs, this.now());
    this.steps += 1;
  }
}
