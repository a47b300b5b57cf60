import type { JSX } from 'preact';
import { bps, clock, money, span } from '../../format.js';
import { sidesOf } from '../../live/legs.js';
import { board } from '../../live/opportunity-board.js';
import { Badge } from '../../parts/badge.js';
import { HeadRow, numbers } from '../../parts/head-row.js';
import { Empty, Panel } from '../../parts/panel.js';
import { Scroll } from '../../parts/scroll.js';
import { hrefOf } from '../../router.js';
import { passes } from './choices.js';

const SHOWN = 30;

/** Those that closed last, with the reason. */
export function ClosedList(): JSX.Element {
  const list = board.value.closed.filter(passes).slice(0, SHOWN);
  return (
    <Panel title="Closed since this page was opened" side={<a href={hrefOf(['past'])}>all of the past</a>}>
      {list.length === 0 ? (
        <Empty>None yet.</Empty>
      ) : (
        <Scroll label="Closed opportunities">
          <table class="data" aria-label="Closed opportunities">
            <HeadRow
              columns={[
                'Closed',
                'Symbol',
                'Buy → sell',
                'Reason',
                numbers('Lived'),
                numbers('Peak'),
                numbers('Last profit'),
              ]}
            />
            <tbody>
              {list.map((one) => {
                const { buy, sell } = sidesOf(one);
                return (
                  <tr key={one.id}>
                    <td class="mono">{clock(one.closedAtMs)}</td>
                    <td>
                      <a href={hrefOf(['opportunities', one.id])}>{one.symbol}</a>
                    </td>
                    <td>
                      <span class="buy">{buy?.exchange}</span> <span class="dim">→</span>{' '}
                      <span class="sell">{sell?.exchange}</span>
                    </td>
                    <td>
                      <Badge>{one.closeReason ?? '–'}</Badge>
                    </td>
                    <td class="num">{span((one.closedAtMs ?? 0) - one.openedAtMs)}</td>
                    <td class="num">{bps(one.peakNetBps)}</td>
                    <td class="num">{money(one.netProfit, one.currency)}</td>
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
