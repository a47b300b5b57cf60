import type { JSX } from 'preact';
import { bps, count, fixed, span } from '../../format.js';
import { ProblemNote, useAnswer } from '../../parts/answer.js';
import { Empty, Panel } from '../../parts/panel.js';
import { Scroll } from '../../parts/scroll.js';
import { asQuery, type Range } from './range.js';

interface Percentiles {
  readonly p5: number | null;
  readonly p25: number | null;
  readonly p50: number | null;
  readonly p75: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
}

interface Stats {
  readonly opportunities: {
    readonly count: number;
    readonly open: number;
    readonly netBps: Percentiles;
    readonly durationMs: Percentiles;
    readonly durationHistogram: readonly {
      readonly fromMs: number;
      readonly toMs: number | null;
      readonly count: number;
    }[];
  };
  readonly arbitrageIndex: {
    readonly interval: string;
    readonly days: readonly { readonly dayMs: number; readonly index: number; readonly maxIndex: number }[];
  };
}

const NAMES = ['p5', 'p25', 'p50', 'p75', 'p95', 'p99'] as const;

function Bars({ histogram }: { histogram: Stats['opportunities']['durationHistogram'] }): JSX.Element {
  const most = Math.max(1, ...histogram.map((each) => each.count));
  return (
    <table class="data bars" aria-label="How long they lived">
      <tbody>
        {histogram.map(({ fromMs, toMs, count: found }) => (
          <tr key={fromMs}>
            <th scope="row">
              {span(fromMs)} {toMs === null ? 'and more' : `– ${span(toMs)}`}
            </th>
            <td class="wide-cell">
              <span class="share-bar" style={{ width: `${(100 * found) / most}%` }} />
            </td>
            <td class="num">{count(found)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** How many opportunities there were, how much they paid and how long they lived. */
export function DistributionPanel({ symbol, range }: { symbol: string; range: Range }): JSX.Element {
  const { data, problem } = useAnswer<Stats>('/v1/stats', { symbol, ...asQuery(range) });
  const found = data?.opportunities;
  const day = data?.arbitrageIndex.days.at(-1);
  return (
    <Panel title="Opportunities of the range" side={found && <span class="dim">{count(found.count)} in all</span>}>
      <ProblemNote problem={problem} />
      {!found ? (
        <Empty>Loading …</Empty>
      ) : found.count === 0 ? (
        <Empty>None in this range.</Empty>
      ) : (
        <>
          <Scroll label="Percentiles of the range">
            <table class="data" aria-label="Percentiles">
              <thead>
                <tr>
                  <th />
                  {NAMES.map((name) => (
                    <th key={name} scope="col" class="num">
                      {name}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                <tr>
                  <th scope="row">Net bps</th>
                  {NAMES.map((name) => (
                    <td key={name} class="num">
                      {bps(found.netBps[name], 1)}
                    </td>
                  ))}
                </tr>
                <tr>
                  <th scope="row">Lived</th>
                  {NAMES.map((name) => (
                    <td key={name} class="num">
                      {span(found.durationMs[name])}
                    </td>
                  ))}
                </tr>
              </tbody>
            </table>
          </Scroll>
          <Bars histogram={found.durationHistogram} />
          {day && (
            <p class="dim">
              Arbitrage index of the last day: {fixed(day.index, 5)}, at most {fixed(day.maxIndex, 5)} (highest best bid
              over lowest best ask of different exchanges, before fees).
            </p>
          )}
        </>
      )}
    </Panel>
  );
}
