import { signal } from '@preact/signals';
import type { WireBook } from '../../../../src/client/index.js';
import { follow } from '../../live/connection.js';
import { exchanges } from '../../live/exchange-board.js';
import { inNextFrame } from '../../live/frames.js';

/** Symbols that one subscription of the channel may name. */
const MOST_SYMBOLS = 50;
const EVERY_MS = 1_000;

/** How much later than its quickest frames the newest frame of each book came, by exchange, milliseconds; the median. */
export const latencies = signal<ReadonlyMap<string, number>>(new Map());

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

/**
 * Follows the newest frames of every book: when the exchange made it by its own clock, and when it came by ours, the
 * difference of the clocks taken off. Exchanges whose frames carry no time are left out.
 *
 * @param symbols - Which books; the first fifty.
 */
export function followLatencies(symbols: readonly string[]): () => void {
  const newest = new Map<string, WireBook>();
  const judge = (): void => {
    const found = new Map<string, number[]>();
    for (const book of newest.values()) {
      for (const { exchange, exchangeTimeMs, receivedAtMs } of book.exchanges) {
        const offsetMs = exchanges.peek().get(exchange)?.clockOffsetMs;
        if (exchangeTimeMs === null || offsetMs === null || offsetMs === undefined) continue;
        found.set(exchange, [...(found.get(exchange) ?? []), receivedAtMs - exchangeTimeMs - offsetMs]);
      }
    }
    latencies.value = new Map([...found].map(([exchange, values]) => [exchange, Math.max(0, median(values))]));
  };
  const filter = { symbols: symbols.slice(0, MOST_SYMBOLS) };
  return follow('books', { filter, mode: { conflateMs: EVERY_MS } }, (message) => {
    const told = message.type === 'snapshot' ? message.data : message.data.map(({ book }) => book);
    for (const book of told) newest.set(book.symbol, book);
    inNextFrame(judge);
  });
}
