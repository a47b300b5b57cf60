import type { JSX } from 'preact';
import type { Opportunity } from '../../../../src/core/opportunity/opportunity.js';
import { bps, clock, money, span } from '../../format.js';
import { sidesOf } from '../../live/legs.js';
import { withQuery } from '../../live/rest.js';
import { ProblemNote, useAnswer } from '../../parts/answer.js';
import { Badge } from '../../parts/badge.js';
import { HeadRow, numbers } from '../../parts/head-row.js';
import { Empty, Panel } from '../../parts/panel.js';
import { Scroll } from '../../parts/scroll.js';
import { hrefOf } from '../../router.js';
import { asQuery, type Range } from './range.js';

const SHOWN = 100;

/** The newest opportunities of the range, with ways to take all of them away. */
export function ClosedPanel({ symbol, range }: { symbol: string; range: Range }): JSX.Element {
  const query = { symbol, ...asQuery(range) };
  const { data, problem } = useAnswer<{ readonly data: readonly Opportunity[]; readonly hasMore: boolean }>(
    '/v1/opportunities',
    { ...query, limit: SHOWN },
  );
  return (
    <Panel
      title="Opportunities"
      side={
        <span class="dim">
          whole range as{' '}
          {['csv', 'ndjson', 'parquet'].map((format) => (
            <span key={format}>
              <a href={withQuery('/v1/opportunities', { ...query, format })} download={`opportunities.${format}`}>
                {format}
              </a>{' '}
            </span>
          ))}
        </span>
      }
    >
      <ProblemNote problem={problem} />
      {!data || data.data.length === 0 ? (
        <Empty>{data ? 'None in this range.' : 'Loading …'}</Empty>
      ) : (
        <Scroll label="Past opportunities" isCapped>
          <table class="data" aria-label="Past opportunities">
            <HeadRow
              columns={[
                'Opened',
                'Symbol',
                'Buy → sell',
                numbers('Peak bps'),
                numbers('Last profit'),
                numbers('Lived'),
                'End',
              ]}
            />
            <tbody>
              {data.data.map((one) => {
                const { buy, sell } = sidesOf(one);
                return (
                  <tr key={one.id}>
                    <td class="mono">{clock(one.openedAtMs, true)}</td>
                    <td>
                      <a href={hrefOf(['opportunities', one.id])}>{one.symbol}</a>
                    </td>
                    <td>
                      <span class="buy">{buy?.exchange}</span> <span class="dim">→</span>{' '}
                      <span class="sell">{sell?.exchange}</span>
                    </td>
                    <td class="num">{bps(one.peakNetBps)}</td>
                    <td class="num">{money(one.netProfit, one.currency)}</td>
                    <td class="num">{one.closedAtMs === null ? '–' : span(one.closedAtMs - one.openedAtMs)}</td>
                    <td>
                      <Badge tone={one.state === 'open' ? 'good' : 'plain'}>{one.closeReason ?? 'open'}</Badge>
                    </td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </Scroll>
      )}
    </Panel>
  );
}
