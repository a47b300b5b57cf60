import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { LegBook, Opportunity } from '../../../../src/core/opportunity/opportunity.js';
import { bps, clock, figure, fixed, money, span } from '../../format.js';
import { ageOf } from '../../live/now.js';
import { sidesOf } from '../../live/legs.js';
import { knownOpportunity, lifeOf } from '../../live/opportunity-board.js';
import { ProblemNote, useAnswer } from '../../parts/answer.js';
import { Badge } from '../../parts/badge.js';
import { Chart } from '../../parts/chart.js';
import { Empty, Panel } from '../../parts/panel.js';
import { hrefOf } from '../../router.js';
import { GateTable } from './gates.js';
import { BookLadder } from './ladder.js';
import './opportunity.css';
import { walkBeyond } from './walk.js';

/** An opportunity as REST tells it by id. */
interface Told extends Opportunity {
  readonly series: {
    readonly interval: string;
    readonly points: readonly { readonly startMs: number; readonly closeBps: number; readonly highBps: number }[];
  };
}

function unitsOf(one: Opportunity): { buyUnit: number; sellUnit: number } {
  const identity = one.gates?.identity;
  return { buyUnit: Number(identity?.['buyUnit'] ?? 1), sellUnit: Number(identity?.['sellUnit'] ?? 1) };
}

function Title({ one }: { one: Opportunity }): JSX.Element {
  const { buy, sell } = sidesOf(one);
  return (
    <header class="title">
      <a href={hrefOf(['opportunities'])}>← all</a>
      <h1>
        {one.symbol} <span class="buy">{buy?.exchange}</span> → <span class="sell">{sell?.exchange}</span>{' '}
        {sell && sell.symbol !== one.symbol && <span class="dim">{sell.symbol}</span>}
      </h1>
      {one.state === 'open' ? (
        <Badge tone="good">open</Badge>
      ) : (
        <Badge tone="warn">closed: {one.closeReason ?? 'unknown'}</Badge>
      )}
      {one.standing && <Badge>standing premium</Badge>}
    </header>
  );
}

function Copy({ one }: { one: Opportunity }): JSX.Element {
  const [said, say] = useState('');
  const copy = (text: string, words: string): void => {
    navigator.clipboard.writeText(text).then(
      () => {
        say(words);
      },
      () => {
        say('the browser does not allow it');
      },
    );
  };
  return (
    <span class="copies">
      <button onClick={() => copy(JSON.stringify(one, null, 2), 'copied')}>Copy as JSON</button>
      <button onClick={() => copy(location.href, 'copied')}>Copy link</button>
      <a href={`/v1/opportunities/${encodeURIComponent(one.id)}`}>REST</a>
      <span role="status" class="dim">
        {said}
      </span>
    </span>
  );
}

function Figures({ one }: { one: Opportunity }): JSX.Element {
  const livedMs = one.closedAtMs === null ? ageOf(one.openedAtMs) : one.closedAtMs - one.openedAtMs;
  const figures: readonly [string, string][] = [
    ['Net', `${bps(one.netBps)} bps`],
    ['Net profit', money(one.netProfit, one.currency)],
    ['Size', figure(one.size)],
    ['Notional', money(one.notional, one.currency)],
    ['Peak', `${bps(one.peakNetBps)} bps`],
    ['Gross', `${bps(one.grossBps)} bps`],
    [one.state === 'open' ? 'Alive' : 'Lived', span(livedMs)],
  ];
  return (
    <div class="figures live-figures">
      {figures.map(([label, value]) => (
        <div key={label}>
          <span class="label">{label}</span>
          <span class="value">{value}</span>
        </div>
      ))}
    </div>
  );
}

function Facts({ one }: { one: Opportunity }): JSX.Element {
  const { afterTransfer, conversion } = one;
  return (
    <dl class="facts">
      {one.legs.map((leg) => [
        <dt class={leg.side}>{leg.side === 'buy' ? 'Buy' : 'Sell'}</dt>,
        <dd>
          {figure(leg.size)} at {figure(leg.vwap)} on average, {leg.exchange} {leg.symbol}; taker fee{' '}
          {fixed(leg.takerFeeBps, 1)} bps{' '}
          <Badge tone={leg.feeSource === 'account' ? 'good' : 'plain'}>{leg.feeSource}</Badge>
        </dd>,
      ])}
      <dt>Conversion</dt>
      <dd>
        {conversion
          ? `${conversion.from} → ${conversion.to} at ${figure(conversion.rate)}: ${conversion.steps.map((step) => `${step.side} ${step.symbol} on ${step.exchange} at ${figure(step.price)}, ${fixed(step.takerFeeBps, 1)} bps`).join('; ')}`
          : 'none needed: both legs in one quote'}
      </dd>
      <dt>Transfer</dt>
      <dd>
        {afterTransfer
          ? `${money(afterTransfer.netProfit, one.currency)} left over ${afterTransfer.network}, fee ${figure(afterTransfer.feeAmount)}, known ${clock(afterTransfer.knownAtMs, true)}`
          : 'no common network is known to be open on both sides: this pays with balances that are there already'}
      </dd>
      <dt>Identity</dt>
      <dd>{one.identity}</dd>
      <dt>Size is bounded by</dt>
      <dd>{one.cappedBy ?? 'what pays in the books'}</dd>
      <dt>Opened</dt>
      <dd>{clock(one.openedAtMs, true)}</dd>
      <dt>Closed</dt>
      <dd>{one.closedAtMs === null ? 'not yet' : clock(one.closedAtMs, true)}</dd>
      <dt>Id</dt>
      <dd class="mono">{one.id}</dd>
      <dt>Route</dt>
      <dd class="mono">{one.routeId}</dd>
    </dl>
  );
}

function Books({ one, books, size }: { one: Opportunity; books: readonly LegBook[]; size: number }): JSX.Element {
  const { buyUnit, sellUnit } = unitsOf(one);
  return (
    <div class="ladders">
      {one.legs.map((leg, index) => {
        const book = books[index];
        return book ? (
          <BookLadder key={leg.side} book={book} leg={leg} unit={leg.side === 'buy' ? buyUnit : sellUnit} size={size} />
        ) : null;
      })}
    </div>
  );
}

function Depth({ one }: { one: Opportunity }): JSX.Element {
  const [moment, setMoment] = useState<'opening' | 'peak'>('opening');
  const { buy, sell } = sidesOf(one);
  const books = one.books?.[moment] ?? one.books?.opening ?? one.books?.peak;
  const [first, second] = books ?? [];
  if (!books || !first || !second || !buy || !sell) return <Empty>The books of this one were not kept.</Empty>;
  const walk = walkBeyond(first.asks, second.bids, {
    ...unitsOf(one),
    buyTakerFeeBps: buy.takerFeeBps,
    sellTakerFeeBps: sell.takerFeeBps,
    rate: one.conversion?.rate ?? 1,
  });
  return (
    <>
      {one.books?.peak && one.books.opening && (
        <p class="moments">
          {(['opening', 'peak'] as const).map((each) => (
            <button key={each} aria-pressed={moment === each} onClick={() => setMoment(each)}>
              at the {each}
            </button>
          ))}
        </p>
      )}
      <div class="depth">
        <Books one={one} books={books} size={walk.payingSize} />
        <div>
          <h3>Size against net profit</h3>
          <Chart
            title={`Net profit by size; the most at ${figure(walk.payingSize)}`}
            x={walk.sizes}
            isTime={false}
            xLabel="size"
            height={230}
            lines={[{ label: `net profit, ${one.currency}`, colour: '--accent', values: walk.profits, fill: true }]}
          />
          <p class="dim">
            {figure(walk.payingSize)} pays, {money(Math.max(...walk.profits), one.currency)} at most: beyond it each
            further unit costs more than it brings, after both taker fees.
          </p>
        </div>
      </div>
    </>
  );
}

function Life({ one, told }: { one: Opportunity; told: Told | null }): JSX.Element {
  const seen = lifeOf(one.id);
  if (seen.length > 2) {
    return (
      <Chart
        title="Net bps over its life"
        x={seen.map(([atMs]) => atMs)}
        lines={[
          {
            label: 'net bps, whole size',
            colour: '--accent',
            values: seen.map(([, netBps]) => netBps),
            shape: 'steps',
          },
        ]}
        format={(value) => bps(value, 1)}
      />
    );
  }
  const points = told?.series.points ?? [];
  if (points.length === 0) return <Empty>It lived too shortly for a curve.</Empty>;
  return (
    <Chart
      title="Net bps over its life, at the top of both books"
      x={points.map(({ startMs }) => startMs)}
      lines={[
        {
          label: 'net bps at the top, close',
          colour: '--accent',
          values: points.map(({ closeBps }) => closeBps),
          shape: 'steps',
        },
        { label: 'high', colour: '--faint', values: points.map(({ highBps }) => highBps), dash: [4, 3] },
      ]}
      format={(value) => bps(value, 1)}
    />
  );
}

/** Everything about one opportunity: live while it lives, from the past afterwards. */
export function OpportunityView({ id }: { id: string }): JSX.Element {
  const live = knownOpportunity(id);
  const { data: told, problem, again } = useAnswer<Told>(`/v1/opportunities/${encodeURIComponent(id)}`);
  const isClosed = live?.state === 'closed';
  // What it was like at its peak is told with its end.
  useEffect(() => {
    if (isClosed) again();
  }, [isClosed]);
  const newest = live && (!told || live.revision >= told.revision) ? live : told;
  if (!newest) {
    return (
      <div class="stack">
        <a href={hrefOf(['opportunities'])}>← all</a>
        {problem ? <ProblemNote problem={problem} /> : <Empty>Loading …</Empty>}
      </div>
    );
  }
  const books = told?.books ?? newest.books;
  const gates = told?.gates ?? newest.gates;
  const one: Opportunity = { ...newest, ...(books && { books }), ...(gates && { gates }) };
  return (
    <div class="stack opportunity-view">
      <Title one={one} />
      <Panel title="Now" side={<Copy one={one} />}>
        <Figures one={one} />
      </Panel>
      <Panel title="Books and what pays">
        <Depth one={one} />
      </Panel>
      <div class="grid">
        <Panel title="Net bps over its life">
          <Life one={one} told={told} />
        </Panel>
        <Panel title="Fees, conversion, transfer">
          <Facts one={one} />
        </Panel>
      </div>
      <Panel title="Gates">
        {one.gates ? <GateTable gates={one.gates} /> : <Empty>What the gates measured is being read …</Empty>}
      </Panel>
    </div>
  );
}
