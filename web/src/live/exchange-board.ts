import { signal } from '@preact/signals';
import type { ExchangeStatus } from '../../../src/core/market/exchange-status.js';
import { follow } from './connection.js';
import { inNextFrame } from './frames.js';

const known = new Map<string, ExchangeStatus>();

/** State of each exchange, by id; a new map with every change. */
export const exchanges = signal<ReadonlyMap<string, ExchangeStatus>>(new Map());

/** Follows the state of every exchange. */
export function startExchanges(): void {
  follow('exchanges', {}, (message) => {
    if (message.type === 'snapshot') known.clear();
    const told = message.type === 'snapshot' ? message.data : message.data.map(({ exchange }) => exchange);
    for (const one of told as unknown as readonly ExchangeStatus[]) known.set(one.id, one);
    inNextFrame(paint);
  });
}

function paint(): void {
  exchanges.value = new Map(known);
}
