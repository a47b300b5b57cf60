import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { count, span } from '../../format.js';
import { ProblemNote, useAnswer } from '../../parts/answer.js';
import { Chart } from '../../parts/chart.js';
import { Empty, Panel } from '../../parts/panel.js';
import { asQuery, type Range } from './range.js';

interface Minute {
  readonly minuteMs: number;
  readonly reason: string;
  readonly entries: number;
}

interface ByReason {
  readonly data: readonly { readonly reason: string; readonly entries: number; readonly durationMs: number }[];
}

const COLOURS = ['--buy', '--sell', '--warn', '--text', '--faint'];

function arranged(minutes: readonly Minute[], reasons: readonly string[]): { times: number[]; lines: number[][] } {
  const times = [...new Set(minutes.map(({ minuteMs }) => minuteMs))].sort((a, b) => a - b);
  const places = new Map(times.map((time, place) => [time, place]));
  const lines = reasons.map(() => times.map(() => 0));
  for (const { minuteMs, reason, entries } of minutes) {
    const line = lines[reasons.indexOf(reason)];
    const at = places.get(minuteMs);
    if (line && at !== undefined) line[at] = (line[at] ?? 0) + entries;
  }
  return { times, lines };
}

/** What was turned away, by reason and over time. */
export function RefusalsPanel({ symbol, range }: { symbol: string; range: Range }): JSX.Element {
  const query = { symbol, ...asQuery(range) };
  const { data, problem } = useAnswer<ByReason>('/v1/refusals', { ...query, group: 'reason' });
  const minutes = useAnswer<{ readonly data: readonly Minute[]; readonly hasMore: boolean }>('/v1/refusals', {
    ...query,
    group: 'minute',
    limit: 1_000,
  });
  const reasons = [...(data?.data ?? [])].sort((a, b) => b.entries - a.entries);
  const shown = reasons.slice(0, COLOURS.length).map(({ reason }) => reason);
  const { times, lines } = useMemo(() => arranged(minutes.data?.data ?? [], shown), [minutes.data, shown.join()]);
  const most = Math.max(1, ...reasons.map(({ entries }) => entries));
  return (
    <Panel title="Refused, by reason">
      <ProblemNote problem={problem ?? minutes.problem} />
      {reasons.length === 0 ? (
        <Empty>{data ? 'Nothing was refused in this range.' : 'Loading …'}</Empty>
      ) : (
        <table class="data bars" aria-label="Refusals by reason">
          <thead>
            <tr>
              <th scope="col">Reason</th>
              <th scope="col">
                <span class="hidden-visually">Share</span>
              </th>
              <th scope="col" class="num">
                Times
              </th>
              <th scope="col" class="num">
                In all
              </th>
            </tr>
          </thead>
          <tbody>
            {reasons.map(({ reason, entries, durationMs }) => (
              <tr key={reason}>
                <th scope="row">{reason}</th>
                <td class="wide-cell">
                  <span class="share-bar" style={{ width: `${(100 * entries) / most}%` }} />
                </td>
                <td class="num">{count(entries)}</td>
                <td class="num">{span(durationMs)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {times.length > 1 && (
        <Chart
          title="Refusals of each minute"
          x={times}
          height={170}
          lines={shown.map((reason, index) => ({
            label: reason,
            colour: COLOURS[index] ?? '--text',
            values: lines[index] ?? [],
            shape: 'steps' as const,
            ...(index > 0 && { dash: [2 + 3 * index, 3] }),
          }))}
        />
      )}
      {minutes.data?.hasMore && (
        <p class="dim">The curve shows the newest minutes only; the table counts the whole range.</p>
      )}
    </Panel>
  );
}
