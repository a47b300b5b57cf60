import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { WireSpread } from '../../../../src/client/index.js';
import { bps } from '../../format.js';
import { ProblemNote, useAnswer } from '../../parts/answer.js';
import { Chart } from '../../parts/chart.js';
import { Empty, Panel } from '../../parts/panel.js';
import { place, stay } from '../../router.js';
import { asQuery, INTERVALS, intervalOf, type Range, withChanges } from './range.js';

interface Page {
  readonly data: readonly WireSpread[];
  readonly hasMore: boolean;
}

/** Candles of the best route of a symbol, or of the route that was chosen. */
export function SpreadsPanel({ symbol, range }: { symbol: string; range: Range }): JSX.Element {
  const routeId = place.value.query.get('route') ?? '';
  const interval = intervalOf(range);
  const { data, problem } = useAnswer<Page>('/v1/spreads/candles', {
    interval,
    ...asQuery(range),
    limit: 1_000,
    sort: '-time',
    ...(routeId === '' ? { symbol } : { routeId }),
  });
  const { routes, times, best } = useMemo(() => arranged(data?.data ?? []), [data]);
  return (
    <Panel
      title={routeId === '' ? `${symbol}: best net spread` : routeId}
      side={
        <span class="dim">
          <label>
            Route{' '}
            <select value={routeId} onChange={(event) => stay(withChanges({ route: event.currentTarget.value }))}>
              <option value="">the best of each {interval}</option>
              {routes.map((route) => (
                <option key={route} value={route}>
                  {route}
                </option>
              ))}
            </select>
          </label>{' '}
          <label>
            Candles{' '}
            <select value={interval} onChange={(event) => stay(withChanges({ interval: event.currentTarget.value }))}>
              {INTERVALS.map(({ id }) => (
                <option key={id}>{id}</option>
              ))}
            </select>
          </label>
        </span>
      }
    >
      <ProblemNote problem={problem} />
      {times.length < 2 ? (
        <Empty>
          {data
            ? 'No candle of this width was kept in this range: narrow ones are kept for a shorter time.'
            : 'Loading …'}
        </Empty>
      ) : (
        <Chart
          title={`Net spread of ${symbol}`}
          x={times}
          height={240}
          format={(value) => bps(value, 0)}
          lines={[
            { label: 'high, net bps', colour: '--buy', values: best.map(({ highBps }) => highBps), shape: 'steps' },
            { label: 'close', colour: '--text', values: best.map(({ closeBps }) => closeBps), shape: 'steps' },
            { label: 'low', colour: '--sell', values: best.map(({ lowBps }) => lowBps), shape: 'steps', dash: [4, 3] },
          ]}
        />
      )}
      {data?.hasMore && <p class="dim">The newest 1,000 candles of the range; REST and exports give all of it.</p>}
    </Panel>
  );
}

function arranged(candles: readonly WireSpread[]): { routes: string[]; times: number[]; best: WireSpread[] } {
  const byTime = new Map<number, WireSpread>();
  for (const candle of candles) {
    const held = byTime.get(candle.startMs);
    if (!held || candle.highBps > held.highBps) byTime.set(candle.startMs, candle);
  }
  const times = [...byTime.keys()].sort((a, b) => a - b);
  const routes = [...new Set(candles.map(({ routeId }) => routeId))].sort();
  return { routes, times, best: times.map((time) => byTime.get(time) as WireSpread) };
}
