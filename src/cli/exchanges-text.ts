import type { Capabilities, Marker } from '../exchanges/index.js';

/** Told apart by shape, so that neither colour nor sight of it is needed. */
const SHAPES: Readonly<Record<Marker, string>> = { verified: '●', unverified: '○', absent: '–' };

const COLUMNS: readonly (readonly [title: string, cell: (exchange: Capabilities) => string])[] = [
  ['EXCHANGE', ({ id }) => id],
  ['BOOKS', ({ books }) => SHAPES[books]],
  ['FEES', ({ fees }) => fees.withoutKey],
  ['+KEY', ({ fees }) => SHAPES[fees.withKey]],
  ['NETWORKS', ({ networks }) => SHAPES[networks.withoutKey]],
  ['+KEY', ({ networks }) => SHAPES[networks.withKey]],
  ['CONTRACTS', ({ networks }) => SHAPES[networks.contracts]],
  ['KEY FACTS', ({ keyFacts }) => SHAPES[keyFacts]],
  ['CLOCK', ({ clock }) => SHAPES[clock]],
];

const LEGEND = `
● verified by a reader of our own   ○ unverified: through what ccxt offers   – absent
FEES without a key: of the market by its public metadata, or the default of the exchange. +KEY: the same with a key.
CONTRACTS of tokens, told with the networks.
KEY FACTS unverified: nothing but whether a key reads a balance.`;

/** Renders what exchanges offer as a table for people, with a count and a legend. */
export function exchangesText(exchanges: readonly Capabilities[]): string {
  const rows = [COLUMNS.map(([title]) => title), ...exchanges.map((one) => COLUMNS.map(([, cell]) => cell(one)))];
  const widths = COLUMNS.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const count = (marker: Marker): number => exchanges.filter(({ books }) => books === marker).length;
  const counts = `${exchanges.length} exchanges: books verified at ${count('verified')}, unverified at ${count('unverified')}, absent at ${count('absent')}`;
  return `${[...lines, '', counts].join('\n')}${LEGEND}\n`;
}
