import { signal, useComputed, useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Opportunity } from '../../../../src/core/opportunity/opportunity.js';
import { count, money } from '../../format.js';
import { serviceNow } from '../../live/now.js';
import { board } from '../../live/opportunity-board.js';
import { Badge } from '../../parts/badge.js';
import { Empty, Panel } from '../../parts/panel.js';
import { go, hrefOf, place } from '../../router.js';
import { isTyping } from '../../parts/typing.js';
import { OpportunityView } from '../opportunity/opportunity-view.js';
import { isPaused, togglePin } from './choices.js';
import { ClosedList } from './closed-list.js';
import { FilterBar } from './filter-bar.js';
import './opportunities.css';
import { RowOrder, type Rows } from './rows.js';
import { OpportunityTable } from './table.js';

const selected = signal<string | null>(null);

function Totals({ rows }: { rows: Rows }): JSX.Element {
  const open = rows.live.filter(({ state }) => state === 'open');
  const best = open.reduce((most, { netBps }) => Math.max(most, netBps), 0);
  const usd = open.reduce((sum, { notionalUsd }) => sum + (notionalUsd ?? 0), 0);
  return (
    <span class="dim" data-testid="totals">
      {count(open.length)} open{open.length > 0 && `, best ${count(best)} bps, ${money(usd)} USD in all`}
      {isPaused.value && (
        <>
          {' '}
          <Badge tone="warn">paused: not what is now</Badge>
        </>
      )}
    </span>
  );
}

/** Rows keep their places while somebody points at them or moves among them. */
function useRows(): { rows: Rows; hold: { onPointerEnter: () => void; onPointerLeave: () => void } } {
  const order = useRef(new RowOrder());
  const paused = useRef<Rows | null>(null);
  const isPointed = useSignal(false);
  const rows = useComputed(() => {
    const known = board.value;
    // Those that closed go after a while, even where nothing else happens.
    const nowMs = serviceNow();
    const isHeld = isPointed.value || selected.value !== null;
    // A picture that stands still is in order.
    paused.current = isPaused.value ? (paused.current ?? order.current.anew(known, nowMs)) : null;
    return paused.current ?? order.current.rowsOf(known, isHeld, nowMs);
  });
  return {
    rows: rows.value,
    hold: {
      onPointerEnter: () => (isPointed.value = true),
      onPointerLeave: () => (isPointed.value = false),
    },
  };
}

/** Chooses the row that is so many places away, and brings it into view. */
function step(rows: readonly { readonly id: string }[], by: number): void {
  const at = rows.findIndex(({ id }) => id === selected.value);
  const next = at < 0 ? 0 : Math.max(0, Math.min(rows.length - 1, at + by));
  selected.value = rows[next]?.id ?? null;
  document.querySelector(`[data-id="${CSS.escape(selected.value ?? '')}"]`)?.scrollIntoView({ block: 'nearest' });
}

/** What each key does; `Enter` and the space bar are left to what has the focus. */
function actionOf(key: string, isFree: boolean, all: readonly Opportunity[]): (() => void) | null {
  const one = all.find(({ id }) => id === selected.value);
  if (key === 'j') return () => step(all, 1);
  if (key === 'k') return () => step(all, -1);
  if (key === 'p' && one) return () => togglePin(one.routeId);
  if (key === 'Enter' && one && isFree) return () => go(['opportunities', one.id]);
  if (key === 'Escape') return () => (selected.value = null);
  if (key === ' ' && isFree) return () => (isPaused.value = !isPaused.value);
  if (key === '/') return () => document.getElementById('symbol')?.focus();
  return null;
}

function useRowKeys(rows: Rows): void {
  const newest = useRef(rows);
  newest.current = rows;
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      const all = [...newest.current.live, ...newest.current.standing];
      const isFree = event.target === document.body || event.target instanceof HTMLTableRowElement;
      const act = actionOf(event.key, isFree, all);
      if (!act) return;
      if (event.key === ' ' || event.key === '/') event.preventDefault();
      act();
    };
    addEventListener('keydown', listen);
    return () => {
      removeEventListener('keydown', listen);
    };
  }, []);
}

function Board(): JSX.Element {
  const { rows, hold } = useRows();
  useRowKeys(rows);
  return (
    <div class="stack">
      <h1 class="hidden-visually">Opportunities</h1>
      <div {...hold} class="live-figures stack">
        <Panel title="Live" side={<Totals rows={rows} />}>
          <FilterBar />
          {rows.live.length === 0 ? (
            <Empty>
              Nothing pays now that passes the filter.{' '}
              <a href={hrefOf(['past'], { tab: 'refusals' })}>Why is nothing shown?</a>
            </Empty>
          ) : (
            <OpportunityTable label="Live opportunities" rows={rows.live} selected={selected.value} />
          )}
        </Panel>
        {rows.standing.length > 0 && (
          <Panel
            title="Standing premiums"
            side={<span class="dim">open for so long that something else than a chance holds them open</span>}
          >
            <OpportunityTable label="Standing premiums" rows={rows.standing} selected={selected.value} />
          </Panel>
        )}
      </div>
      <ClosedList />
    </div>
  );
}

/** What pays now, or one of them where the address names it. */
export function OpportunitiesView(): JSX.Element {
  const id = place.value.parts[1];
  return id === undefined ? <Board /> : <OpportunityView id={id} key={id} />;
}
