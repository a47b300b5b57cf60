import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { ExchangePoint, ExchangeStatus } from '../core/market/exchange-status.js';
import { instrumentKey } from '../core/market/instrument.js';
import type { BookReader } from '../core/order-book/book-registry.js';
import { Clock } from '../platform/clock/index.js';
import { MarketSource } from './contract/ports.js';

/** Between two points, milliseconds. */
export const POINT_EVERY_MS = 10_000;
/** An hour of them. */
export const MOST_POINTS = 360;

/** The last hour of every exchange, kept in memory: a point every ten seconds. */
@Injectable()
export class ExchangeHistory implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly points = new Map<string, ExchangePoint[]>();
  private timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly markets: MarketSource,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    this.timer ??= setInterval(() => {
      this.note();
    }, POINT_EVERY_MS).unref();
  }

  onModuleDestroy(): void {
    if (this.timer) clearInterval(this.timer);
  }

  /** Keeps a point of every exchange. */
  note(): void {
    for (const status of this.markets.statuses()) {
      const kept = this.points.get(status.id) ?? [];
      kept.push(pointOf(status, this.markets.books, this.clock.nowMs()));
      if (kept.length > MOST_POINTS) kept.shift();
      this.points.set(status.id, kept);
    }
  }

  /** Points of one exchange, oldest first; undefined for one that is not configured. */
  of(exchange: string): readonly ExchangePoint[] | undefined {
    const isConfigured = this.markets.statuses().some(({ id }) => id === exchange);
    return isConfigured ? (this.points.get(exchange) ?? []) : undefined;
  }
}

function pointOf(one: ExchangeStatus, books: BookReader, atMs: number): ExchangePoint {
  const live = one.symbols.filter(({ state }) => state === 'live');
  return {
    atMs,
    status: one.status,
    integrity: one.integrity,
    liveBooks: live.length,
    ageMs: median(live.map(({ ageMs }) => ageMs)),
    latencyMs: median(live.map(({ symbol }) => latencyOf(one, symbol, books))),
    clockOffsetMs: one.clockOffsetMs,
    messagesPerSecond: one.messagesPerSecond,
    resyncs: one.resyncs,
    reconnects: one.reconnects,
  };
}

function latencyOf({ id, clockOffsetMs }: ExchangeStatus, symbol: string, books: BookReader): number | null {
  const book = books.get(instrumentKey({ exchange: id, symbol }));
  if (clockOffsetMs === null || typeof book?.exchangeTimeMs !== 'number') return null;
  return Math.max(0, book.receivedAtMs - book.exchangeTimeMs - clockOffsetMs);
}

function median(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null).sort((a, b) => a - b);
  return known[Math.floor(known.length / 2)] ?? null;
}
