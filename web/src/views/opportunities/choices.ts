import { signal } from '@preact/signals';
import type { Opportunity } from '../../../../src/core/opportunity/opportunity.js';
import { isBoolean, isText, kept, oneOf } from '../../choices.js';
import { sidesOf } from '../../live/legs.js';

/** What the table is filtered by; texts as typed. */
export const symbolFilter = kept('filter.symbol', '', isText);
export const exchangeFilter = kept('filter.exchange', '', isText);
export const minBpsFilter = kept('filter.minBps', '', isText);
export const minNotionalFilter = kept('filter.minNotional', '', isText);
/** Both legs in one quote, or joined through a live book of the quotes. */
export const kindFilter = kept('filter.kind', '', oneOf('', 'same', 'converted'));

/** Columns that the table can be ordered by. */
export type SortKey = 'netBps' | 'netProfit' | 'notionalUsd' | 'peakNetBps' | 'openedAtMs' | 'symbol';
export const sortKey = kept<SortKey>(
  'sort.key',
  'netBps',
  oneOf('netBps', 'netProfit', 'notionalUsd', 'peakNetBps', 'openedAtMs', 'symbol'),
);
/** True for the greatest first. */
export const sortsDown = kept('sort.down', true, isBoolean);

/** What happens when one opens that passes the filter. */
export const makesSound = kept('alert.sound', false, isBoolean);
export const notifies = kept('alert.notification', false, isBoolean);

export const isPaused = signal(false);

const isTextList = (value: unknown): value is string[] => Array.isArray(value) && value.every(isText);
const MOST_PINS = 50;

/** Routes that stay on top. */
export const pinned = kept<string[]>('pins', [], isTextList);

/** Pins a route or takes the pin away. */
export function togglePin(routeId: string): void {
  const others = pinned.value.filter((each) => each !== routeId);
  pinned.value = others.length < pinned.value.length ? others : [...others, routeId].slice(-MOST_PINS);
}

function asNumber(text: string): number | null {
  const value = Number(text.replace(',', '.'));
  return text.trim() === '' || Number.isNaN(value) ? null : value;
}

function isOf(one: Opportunity): boolean {
  const { buy, sell } = sidesOf(one);
  const wanted = symbolFilter.value.trim().toUpperCase();
  const exchange = exchangeFilter.value;
  const isSymbol = wanted === '' || one.symbol.includes(wanted) || (sell?.symbol.includes(wanted) ?? false);
  return isSymbol && (exchange === '' || [buy?.exchange, sell?.exchange].includes(exchange));
}

/** Whether an opportunity passes the filter. */
export function passes(one: Opportunity): boolean {
  const minBps = asNumber(minBpsFilter.value) ?? -Infinity;
  const minNotional = asNumber(minNotionalFilter.value) ?? -Infinity;
  const kind = kindFilter.value;
  const isKind = kind === '' || (kind === 'converted') === (one.conversion !== null);
  return isKind && isOf(one) && one.netBps >= minBps && (one.notionalUsd ?? 0) >= minNotional;
}

function valueOf(one: Opportunity): number {
  const key = sortKey.value;
  return key === 'symbol' ? 0 : (one[key] ?? 0);
}

/** Orders as chosen, those that are pinned first. */
export function inOrder(list: readonly Opportunity[]): Opportunity[] {
  const pins = new Set(pinned.value);
  const sign = sortsDown.value ? -1 : 1;
  return [...list].sort((a, b) => {
    const byPin = Number(pins.has(b.routeId)) - Number(pins.has(a.routeId));
    if (byPin !== 0) return byPin;
    const by = sortKey.value === 'symbol' ? a.symbol.localeCompare(b.symbol) : valueOf(a) - valueOf(b);
    return sign * by || a.id.localeCompare(b.id);
  });
}

/** All that the order of rows depends on but their figures: where it changes, rows move at once. */
export function orderChoices(): string {
  const filters = [symbolFilter, exchangeFilter, minBpsFilter, minNotionalFilter, kindFilter];
  return JSON.stringify([sortKey.value, sortsDown.value, pinned.value, ...filters.map(({ value }) => value)]);
}
