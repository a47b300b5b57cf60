import { signal } from '@preact/signals';
import type { ExchangeStatus } from '../../../src/core/market/exchange-status.js';
import { follow } from './connection.js';
import { inNextFrame } from './frames.js';

/** One point a second, told a little early at times, for an hour. */
const MOST_POINTS = 3_600;
const POINT_EVERY_MS = 900;

/** What an exchange was like at one moment. */
export interface ExchangePoint {
  readonly atMs: number;
  readonly isLive: boolean;
  readonly messagesPerSecond: number;
  readonly clockOffsetMs: number | null;
  readonly resyncs: number;
}

const known = new Map<string, ExchangeStatus>();
const past = new Map<string, ExchangePoint[]>();

/** State of each exchange, by id; a new map with every change. */
export const exchanges = signal<ReadonlyMap<string, ExchangeStatus>>(new Map());

/** The last hour of an exchange, as far as this page saw it; who shows it is painted with every change. */
export function pastOf(exchange: string): readonly ExchangePoint[] {
  return exchanges.value.has(exchange) ? (past.get(exchange) ?? []) : [];
}

/** Follows the state of every exchange. */
export function startExchanges(): void {
  follow('exchanges', {}, (message) => {
    if (message.type === 'snapshot') known.clear();
    const told = message.type === 'snapshot' ? message.data : message.data.map(({ exchange }) => exchange);
    for (const one of told as unknown as readonly ExchangeStatus[]) {
      known.set(one.id, one);
      note(one);
    }
    inNextFrame(paint);
  });
}

function paint(): void {
  exchanges.value = new Map(known);
}

function note({ id, status, messagesPerSecond, clockOffsetMs, resyncs }: ExchangeStatus): void {
  const points = past.get(id) ?? [];
  const atMs = Date.now();
  if (atMs - (points.at(-1)?.atMs ?? 0) < POINT_EVERY_MS) return;
  points.push({ atMs, isLive: status === 'live', messagesPerSecond, clockOffsetMs, resyncs });
  if (points.length > MOST_POINTS) points.shift();
  past.set(id, points);
}
