import { Injectable } from '@nestjs/common';
import type { ExchangeStatus } from '../core/market/exchange-status.js';
import { counter, gauge, MetricSource, type SetMetric } from '../platform/metrics/index.js';
import { MarketSource } from './contract/ports.js';

const STATES = ['connecting', 'live', 'degraded', 'down'] as const satisfies readonly ExchangeStatus['status'][];
const BOOK_STATES = ['live', 'resyncing', 'stale', 'unavailable'] as const;

const STATE = gauge(
  'crossbook_exchange_state',
  '1 for the state that an exchange is in, 0 for the others',
  'exchange',
  'state',
);
const VERIFIED = gauge(
  'crossbook_exchange_verified',
  '1 while the integrity of every book frame is proven',
  'exchange',
);
const OFFSET = gauge(
  'crossbook_exchange_clock_offset_seconds',
  'Our clock minus the one of the exchange, least network delay included',
  'exchange',
);
const MESSAGES = counter('crossbook_exchange_messages_total', 'Frames received from an exchange', 'exchange');
const RECONNECTS = counter('crossbook_exchange_reconnects_total', 'Sockets opened again', 'exchange');
const BREAKS = counter('crossbook_exchange_sequence_breaks_total', "Breaks of an exchange's own numbering", 'exchange');
const STRAYS = counter(
  'crossbook_exchange_stray_faults_total',
  "Faults inside an exchange's client that nobody awaited",
  'exchange',
);
const UPDATES = counter('crossbook_book_updates_total', 'Order book updates applied', 'exchange');
const RESYNCS = counter('crossbook_book_resyncs_total', 'Order books thrown away and asked for again', 'exchange');
const BOOKS = gauge('crossbook_books', 'Order books by state', 'exchange', 'state');
const AGE = gauge(
  'crossbook_book_age_seconds',
  'Since the last proof of life, of the oldest book that is listed',
  'exchange',
);
const QUIET = gauge(
  'crossbook_book_quiet_seconds',
  'Since the last change, of the most recently changed book',
  'exchange',
);

/** Tells of every configured exchange; the books of one are told together, so that no label grows with the symbols. */
@Injectable()
export class ExchangeMetrics extends MetricSource {
  override readonly families = [
    ...[STATE, VERIFIED, OFFSET, MESSAGES, RECONNECTS, BREAKS, STRAYS],
    ...[UPDATES, RESYNCS, BOOKS, AGE, QUIET],
  ];

  constructor(private readonly markets: MarketSource) {
    super();
  }

  override collect(set: SetMetric): void {
    for (const status of this.markets.statuses()) {
      tellExchange(status, set);
      tellBooks(status, set);
    }
  }
}

function tellExchange(status: ExchangeStatus, set: SetMetric): void {
  const labels = { exchange: status.id };
  for (const state of STATES) set(STATE, Number(status.status === state), { ...labels, state });
  set(VERIFIED, Number(status.integrity === 'verified'), labels);
  if (status.clockOffsetMs !== null) set(OFFSET, status.clockOffsetMs / 1_000, labels);
  set(MESSAGES, status.messages, labels);
  set(RECONNECTS, status.reconnects, labels);
  set(BREAKS, status.sequenceBreaks, labels);
  set(STRAYS, status.strayFaults, labels);
  set(UPDATES, status.updates, labels);
  set(RESYNCS, status.resyncs, labels);
}

function tellBooks({ id, symbols }: ExchangeStatus, set: SetMetric): void {
  const labels = { exchange: id };
  const counts = { live: 0, resyncing: 0, stale: 0, unavailable: 0 };
  let oldestMs = -Infinity;
  let leastQuietMs = Infinity;
  for (const { state, ageMs, quietMs } of symbols) {
    counts[state] += 1;
    if (state === 'unavailable') continue;
    if (ageMs !== null) oldestMs = Math.max(oldestMs, ageMs);
    if (quietMs !== null) leastQuietMs = Math.min(leastQuietMs, quietMs);
  }
  for (const state of BOOK_STATES) set(BOOKS, counts[state], { ...labels, state });
  if (oldestMs >= 0) set(AGE, oldestMs / 1_000, labels);
  if (leastQuietMs < Infinity) set(QUIET, leastQuietMs / 1_000, labels);
}
