import type { BookMessage } from '../messages.js';

/** What is to be done with a message of a book. */
export type BookStep = 'take' | 'skip' | 'gap';

interface Place {
  /** The last message that was taken; null until a whole book comes. */
  n: number | null;
}

/**
 * Follows the numbering of each book of one exchange: nothing is applied to a book of which a message is missing, until it
 * is told as a whole again.
 */
export class RemoteBooks {
  private readonly places = new Map<string, Place>();

  /** Symbols that are followed, in sync or not. */
  get symbols(): Iterable<string> {
    return this.places.keys();
  }

  /**
   * Judges a message by its number.
   *
   * @param symbol - Whose book.
   * @param message - The message.
   * @returns `take`, `skip` where it tells nothing new or a whole book is waited for, `gap` where messages are missing.
   */
  judge(symbol: string, { n, event, again }: BookMessage): BookStep {
    const place = this.place(symbol);
    if (place.n === null) {
      // What is told with a whole book: its fee before it, its state behind it.
      if (event.type === 'fee') return 'take';
      if (event.type === 'bookState' && event.state !== 'live') {
        place.n = n;
        return 'take';
      }
      if (event.type !== 'book' || event.update.kind !== 'snapshot') return 'skip';
      place.n = n;
      return 'take';
    }
    if (n === place.n + 1) {
      place.n = n;
      return again && event.type === 'book' ? 'skip' : 'take';
    }
    if (n <= place.n) return 'skip';
    place.n = null;
    return 'gap';
  }

  /**
   * Compares with how many messages there were.
   *
   * @param symbol - Whose book.
   * @param count - As its collector counted.
   * @returns False where some are missing, or a whole book is waited for; it is waited for from then on.
   */
  isCurrent(symbol: string, count: number): boolean {
    const place = this.place(symbol);
    if (place.n !== null && place.n >= count) return true;
    place.n = null;
    return false;
  }

  /** Forgets a book that is not followed any more. */
  forget(symbol: string): void {
    this.places.delete(symbol);
  }

  /** Waits for every book as a whole. */
  clear(): void {
    this.places.clear();
  }

  private place(symbol: string): Place {
    let place = this.places.get(symbol);
    if (!place) this.places.set(symbol, (place = { n: null }));
    return place;
  }
}
