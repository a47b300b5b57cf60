import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { WireSpread } from '../../../../src/client/index.js';
import { bps, clock, span } from '../../format.js';
import { follow } from '../../live/connection.js';
import { inNextFrame } from '../../live/frames.js';
import { serviceNow } from '../../live/now.js';
import { ProblemNote, useAnswer } from '../../parts/answer.js';
import { Empty, Panel } from '../../parts/panel.js';
import { Scroll } from '../../parts/scroll.js';
import { place, stay } from '../../router.js';
import './matrix.css';

interface Cell {
  readonly buyExchange: string;
  readonly sellExchange: string;
  readonly routeId: string;
  readonly netBps: number;
  readonly grossBps: number;
  readonly ageMs: number;
}

interface Matrix {
  readonly data: readonly Cell[];
  readonly symbol: string;
  readonly atMs: number;
  readonly interval: string;
  readonly exchanges: readonly string[];
}

const LIVE_EVERY_MS = 2_000;
/** Only the best routes of each second are kept: a cell may be of an earlier one, and says so. */
const OLD_MS = 5_000;
const HOUR_MS = 3_600_000;
const REACH = [1, 6, 24] as const;
/** Bps at which a colour is full; beyond it only the figure tells more. */
const FULL_BPS = 40;

/** Blue pays, orange does not: how strongly, in percent. */
function shadeOf(netBps: number): { '--shade': string; '--tone': string } {
  const strength = Math.min(1, Math.abs(netBps) / FULL_BPS);
  return { '--shade': `${Math.round(12 + 68 * strength)}%`, '--tone': netBps > 0 ? 'var(--buy)' : 'var(--sell)' };
}

function useSpreads(): ReadonlyMap<string, WireSpread> {
  const [spreads, show] = useState<ReadonlyMap<string, WireSpread>>(new Map());
  useEffect(() => {
    const known = new Map<string, WireSpread>();
    return follow('spreads', {}, (message) => {
      if (message.type === 'snapshot') known.clear();
      const told = message.type === 'snapshot' ? message.data : message.data.map(({ spread }) => spread);
      for (const spread of told) known.set(spread.symbol, spread);
      inNextFrame(() => show(new Map(known)));
    });
  }, []);
  return spreads;
}

function Grid({ matrix }: { matrix: Matrix }): JSX.Element {
  const { exchanges, data } = matrix;
  const cells = new Map(data.map((cell) => [`${cell.buyExchange}>${cell.sellExchange}`, cell]));
  return (
    <Scroll label={`Matrix of ${matrix.symbol}`}>
      <table class="matrix" aria-label={`Net spread of ${matrix.symbol}, buying in the row and selling in the column`}>
        <thead>
          <tr>
            <td class="dim">buy ↓ sell →</td>
            {exchanges.map((sell) => (
              <th key={sell} scope="col" class="sell">
                {sell}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {exchanges.map((buy) => (
            <tr key={buy}>
              <th scope="row" class="buy">
                {buy}
              </th>
              {exchanges.map((sell) => {
                const cell = cells.get(`${buy}>${sell}`);
                if (!cell)
                  return (
                    <td key={sell} class="none">
                      {buy === sell ? '' : '·'}
                    </td>
                  );
                return (
                  <td
                    key={sell}
                    class={cell.ageMs > OLD_MS ? 'cell is-old' : 'cell'}
                    style={shadeOf(cell.netBps)}
                    title={`buy on ${buy}, sell on ${sell}: net ${bps(cell.netBps)}, gross ${bps(cell.grossBps)} bps, ${span(cell.ageMs)} before`}
                  >
                    <span class="mono">{bps(cell.netBps, 1)}</span>
                    {cell.ageMs > OLD_MS && <small>{span(cell.ageMs)} old</small>}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

function Symbols({ spreads, chosen }: { spreads: ReadonlyMap<string, WireSpread>; chosen: string }): JSX.Element {
  const all = [...spreads.values()].sort((a, b) => b.closeBps - a.closeBps);
  if (all.length === 0) return <Empty>No second has passed yet.</Empty>;
  return (
    <ul class="tiles live-figures" aria-label="Best net spread of each symbol">
      {all.map((spread) => (
        <li key={spread.symbol}>
          <button
            class="tile"
            style={shadeOf(spread.closeBps)}
            aria-pressed={spread.symbol === chosen}
            onClick={() => stay({ symbol: spread.symbol })}
          >
            <b>{spread.symbol}</b>
            <span class="mono">{bps(spread.closeBps, 1)}</span>
            <span class="way">
              {spread.buyExchange} → {spread.sellExchange}
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}

function Scrubber({ at, choose }: { at: number | null; choose: (at: number | null) => void }): JSX.Element {
  const [hours, setHours] = useState<number>(1);
  const nowMs = serviceNow();
  const from = nowMs - hours * HOUR_MS;
  return (
    <div class="scrubber">
      <label for="moment">Moment</label>
      <input
        id="moment"
        type="range"
        min={0}
        max={1_000}
        value={at === null ? 1_000 : Math.round((1_000 * (at - from)) / (nowMs - from))}
        aria-valuetext={at === null ? 'now' : clock(at, true)}
        onInput={(event) => {
          const part = Number(event.currentTarget.value) / 1_000;
          choose(part >= 1 ? null : from + part * (nowMs - from));
        }}
      />
      <output class="mono">{at === null ? 'now' : clock(at, true)}</output>
      <button disabled={at === null} onClick={() => choose(null)}>
        Now
      </button>
      {REACH.map((each) => (
        <button key={each} aria-pressed={hours === each} onClick={() => setHours(each)}>
          {each} h
        </button>
      ))}
    </div>
  );
}

/** Exchange by exchange for one symbol, now or at a moment of the last day; and the best of every symbol. */
export function MatrixView(): JSX.Element {
  const spreads = useSpreads();
  const best = [...spreads.values()].sort((a, b) => b.closeBps - a.closeBps)[0];
  const symbol = place.value.query.get('symbol') ?? best?.symbol ?? '';
  const [at, choose] = useState<number | null>(null);
  // The matrix of what moves most would jump from symbol to symbol.
  useEffect(() => {
    if (!place.value.query.has('symbol') && best) stay({ symbol: best.symbol });
  }, [best === undefined]);
  const { data, problem } = useAnswer<Matrix>(
    symbol === '' ? null : '/v1/spreads/matrix',
    { symbol, at: at === null ? undefined : Math.round(at) },
    at === null ? LIVE_EVERY_MS : undefined,
  );
  return (
    <div class="stack">
      <h1 class="hidden-visually">Matrix</h1>
      <Panel title="Best net spread of each symbol, over all exchanges">
        <Symbols spreads={spreads} chosen={symbol} />
      </Panel>
      <Panel
        title={`${symbol === '' ? 'Symbol' : symbol}: net bps, exchange by exchange`}
        side={<span class="dim">at the top of both books, after both taker fees; blue pays, orange costs</span>}
      >
        <Scrubber at={at} choose={choose} />
        <ProblemNote problem={problem} />
        {data && data.data.length > 0 ? (
          <Grid matrix={data} />
        ) : (
          <Empty>{data ? 'No spread of this symbol was kept at that moment.' : 'Loading …'}</Empty>
        )}
      </Panel>
    </div>
  );
}
