import type { Signal } from '@preact/signals';
import type { JSX } from 'preact';
import { memo } from 'preact/compat';
import { useMemo } from 'preact/hooks';
import type { Opportunity, OpportunityLeg } from '../../../../src/core/opportunity/opportunity.js';
import { bps, figure, money, span } from '../../format.js';
import { ageOf, clockOfTurn } from '../../live/now.js';
import { sidesOf } from '../../live/legs.js';
import { Badge } from '../../parts/badge.js';
import { go, hrefOf } from '../../router.js';
import { pinned, togglePin } from './choices.js';

/** Reads of the clock are in cells of their own, so that a tick paints these and not the row. */
function Age({ atMs, clock }: { atMs: number | null | undefined; clock: Signal<number> }): JSX.Element {
  return <>{atMs === null || atMs === undefined ? '–' : span(ageOf(atMs, clock))}</>;
}

function Alive({ one, clock }: { one: Opportunity; clock: Signal<number> }): JSX.Element {
  return <>{span(one.closedAtMs === null ? ageOf(one.openedAtMs, clock) : one.closedAtMs - one.openedAtMs)}</>;
}

function Leg({ leg }: { leg: OpportunityLeg | undefined }): JSX.Element {
  return (
    <>
      <span class={leg?.side ?? ''}>{leg?.exchange ?? '–'}</span>
    </>
  );
}

function Fees({ one }: { one: Opportunity }): JSX.Element {
  const { buy, sell } = sidesOf(one);
  const own = [buy, sell].filter((leg) => leg?.feeSource === 'account').length;
  const title = [buy, sell].map((leg) => `${leg?.exchange}: ${leg?.takerFeeBps} bps (${leg?.feeSource})`).join(', ');
  return (
    <Badge tone={own === 2 ? 'good' : 'plain'} title={title}>
      {own === 2 ? 'account' : own === 1 ? 'mixed' : (buy?.feeSource ?? '–')}
    </Badge>
  );
}

function Transfer({ one }: { one: Opportunity }): JSX.Element {
  const { afterTransfer } = one;
  if (!afterTransfer) return <span class="dim">none known</span>;
  return (
    <span title={`over ${afterTransfer.network}, fee ${figure(afterTransfer.feeAmount)}`}>
      {money(afterTransfer.netProfit)} <span class="dim">via {afterTransfer.network}</span>
    </span>
  );
}

function State({ one, clock }: { one: Opportunity; clock: Signal<number> }): JSX.Element {
  if (one.state === 'closed') return <Badge tone="warn">{one.closeReason ?? 'closed'}</Badge>;
  return ageOf(one.openedAtMs, clock) < 2_000 ? <Badge tone="good">opened</Badge> : <span class="good">open</span>;
}

/** Rows that were ever made: each takes the clock of its turn. */
let mounted = 0;

function Row({ one, isSelected, isPinned }: { one: Opportunity; isSelected: boolean; isPinned: boolean }): JSX.Element {
  const { buy, sell } = sidesOf(one);
  const clock = useMemo(() => clockOfTurn(mounted++), []);
  const through = sell && sell.symbol !== one.symbol ? ` ${sell.symbol}` : '';
  return (
    <tr
      class={`opportunity${one.state === 'closed' ? ' is-closed' : ''}${isSelected ? ' is-selected' : ''}`}
      data-id={one.id}
      data-state={one.state}
      onClick={() => go(['opportunities', one.id])}
    >
      <td>
        <button
          class="pin"
          aria-pressed={isPinned}
          aria-label={`Pin ${one.symbol} ${buy?.exchange} to ${sell?.exchange}`}
          onClick={(event) => {
            event.stopPropagation();
            togglePin(one.routeId);
          }}
        >
          {isPinned ? '★' : '☆'}
        </button>
      </td>
      <td>
        <a href={hrefOf(['opportunities', one.id])}>{one.symbol}</a>
      </td>
      <td class="route">
        <Leg leg={buy} /> <span class="dim">→</span> <Leg leg={sell} />
        <span class="dim through">{through}</span>
      </td>
      <td class="num net">{bps(one.netBps)}</td>
      <td class="num">{money(one.netProfit, one.currency)}</td>
      <td class="num">{figure(one.size)}</td>
      <td class="num">{money(one.notionalUsd)}</td>
      <td class="num">
        <Age atMs={buy?.receivedAtMs} clock={clock} /> <span class="dim">/</span>{' '}
        <Age atMs={sell?.receivedAtMs} clock={clock} />
      </td>
      <td class="num">
        <Alive one={one} clock={clock} />
      </td>
      <td class="num">{bps(one.peakNetBps)}</td>
      <td>
        <Fees one={one} />
      </td>
      <td class="num">
        <Transfer one={one} />
      </td>
      <td>
        <State one={one} clock={clock} />
      </td>
    </tr>
  );
}

/** One opportunity; painted again only when it changed. */
export const OpportunityRow = memo(
  Row,
  (before, after) =>
    before.one === after.one && before.isSelected === after.isSelected && before.isPinned === after.isPinned,
);

/** Whether a route is pinned. */
export function isPinnedRoute(routeId: string): boolean {
  return pinned.value.includes(routeId);
}
