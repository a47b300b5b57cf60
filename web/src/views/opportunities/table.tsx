import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Opportunity } from '../../../../src/core/opportunity/opportunity.js';
import { type SortKey, sortKey, sortsDown } from './choices.js';
import { Scroll } from '../../parts/scroll.js';
import { isPinnedRoute, OpportunityRow } from './row.js';

const ROW_PX = 31;
/** Above this only the rows that are seen are in the page. */
const WINDOW_FROM = 80;
const OVERSCAN = 10;

const COLUMNS: readonly {
  readonly title: string;
  readonly key?: SortKey;
  readonly isNumber?: boolean;
  readonly hint?: string;
}[] = [
  { title: 'Pin' },
  { title: 'Symbol', key: 'symbol' },
  { title: 'Buy → sell' },
  { title: 'Net bps', key: 'netBps', isNumber: true, hint: 'after both taker fees, over the whole size' },
  { title: 'Net profit', key: 'netProfit', isNumber: true },
  { title: 'Size', isNumber: true, hint: 'in the base currency, all of it paying' },
  { title: 'USD', key: 'notionalUsd', isNumber: true, hint: 'notional through live books' },
  { title: 'Age of books', isNumber: true, hint: 'since the last change of each leg: buy / sell' },
  { title: 'Alive', key: 'openedAtMs', isNumber: true },
  { title: 'Peak', key: 'peakNetBps', isNumber: true },
  { title: 'Fees', hint: 'of your account, or the default of the exchange' },
  { title: 'After transfer', isNumber: true, hint: 'profit when the base is moved over the cheapest open network' },
  { title: 'State' },
];

function Head({ title, column }: { title: string; column: (typeof COLUMNS)[number] }): JSX.Element {
  const { key } = column;
  const isChosen = key !== undefined && sortKey.value === key;
  const choose = (): void => {
    if (key === undefined) return;
    if (isChosen) sortsDown.value = !sortsDown.value;
    else {
      sortKey.value = key;
      sortsDown.value = key !== 'symbol';
    }
  };
  return (
    <th
      scope="col"
      class={column.isNumber ? 'num' : ''}
      title={column.hint}
      aria-sort={isChosen ? (sortsDown.value ? 'descending' : 'ascending') : undefined}
    >
      {key === undefined ? (
        title
      ) : (
        <button onClick={choose}>
          {title}
          {isChosen ? (sortsDown.value ? ' ▾' : ' ▴') : ''}
        </button>
      )}
    </th>
  );
}

/** Which of many rows are near the window of the page. */
function useWindow(rows: number): { host: (element: HTMLElement | null) => void; first: number; last: number } {
  const element = useRef<HTMLElement | null>(null);
  const [range, setRange] = useState({ first: 0, last: WINDOW_FROM });
  useEffect(() => {
    const measure = (): void => {
      const top = element.current?.getBoundingClientRect().top ?? 0;
      const first = Math.max(0, Math.floor(-top / ROW_PX) - OVERSCAN);
      const last = first + Math.ceil(innerHeight / ROW_PX) + 2 * OVERSCAN;
      setRange((before) => (before.first === first && before.last === last ? before : { first, last }));
    };
    measure();
    addEventListener('scroll', measure, { passive: true });
    addEventListener('resize', measure);
    return () => {
      removeEventListener('scroll', measure);
      removeEventListener('resize', measure);
    };
  }, []);
  const host = (next: HTMLElement | null): void => {
    element.current = next;
  };
  return rows <= WINDOW_FROM ? { host, first: 0, last: rows } : { host, ...range };
}

/** Opportunities in rows; those that are not seen take room but are not there. */
export function OpportunityTable({
  label,
  rows,
  selected,
}: {
  label: string;
  rows: readonly Opportunity[];
  selected: string | null;
}): JSX.Element {
  const { host, first, last } = useWindow(rows.length);
  const seen = rows.slice(first, last);
  return (
    <Scroll label={label}>
      <table class="data opportunities" aria-label={label} aria-rowcount={rows.length}>
        <thead>
          <tr>
            {COLUMNS.map((column) => (
              <Head key={column.title} title={column.title} column={column} />
            ))}
          </tr>
        </thead>
        <tbody ref={host}>
          {first > 0 && <tr aria-hidden="true" style={{ height: `${first * ROW_PX}px` }} />}
          {seen.map((one) => (
            <OpportunityRow
              key={one.id}
              one={one}
              isSelected={one.id === selected}
              isPinned={isPinnedRoute(one.routeId)}
            />
          ))}
          {last < rows.length && <tr aria-hidden="true" style={{ height: `${(rows.length - last) * ROW_PX}px` }} />}
        </tbody>
      </table>
    </Scroll>
  );
}
