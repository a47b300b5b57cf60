import type { JSX } from 'preact';
import { bps } from '../../format.js';
import { exchanges } from '../../live/exchange-board.js';
import { ProblemNote, useAnswer } from '../../parts/answer.js';
import { Badge } from '../../parts/badge.js';
import { HeadRow } from '../../parts/head-row.js';
import { Empty, Panel } from '../../parts/panel.js';
import { Scroll } from '../../parts/scroll.js';
import { place, stay } from '../../router.js';
import { Measures } from '../opportunity/gates.js';
import { withChanges } from './range.js';

interface Explanation {
  readonly routeId: string;
  readonly verdict: 'open' | 'refused' | 'no_candidate';
  readonly reason: string | null;
  readonly grossBps: number | null;
  readonly gates: readonly {
    readonly reason: string;
    readonly passed: boolean | null;
    readonly measured: Readonly<Record<string, unknown>>;
  }[];
}

const EVERY_MS = 2_000;

const VERDICTS: Readonly<Record<Explanation['verdict'], string>> = {
  open: 'This route is open: it passes every gate.',
  refused: 'This route is refused by the gate',
  no_candidate: 'The tops are not crossed: nothing would pay even without fees. The first gate that it would fail:',
};

function Choice({ name, label, value }: { name: string; label: string; value: string }): JSX.Element {
  return (
    <label>
      {label}
      <select value={value} onChange={(event) => stay(withChanges({ [name]: event.currentTarget.value }))}>
        <option value="">choose …</option>
        {[...exchanges.value.keys()].sort().map((id) => (
          <option key={id} value={id}>
            {id}
          </option>
        ))}
      </select>
    </label>
  );
}

/** Why a route shows nothing now, gate by gate. */
export function ExplainPanel({ symbol }: { symbol: string }): JSX.Element {
  const { query } = place.value;
  const buyExchange = query.get('buy') ?? '';
  const sellExchange = query.get('sell') ?? '';
  const isAsked = symbol !== '' && buyExchange !== '' && sellExchange !== '' && buyExchange !== sellExchange;
  const { data, problem } = useAnswer<Explanation>(
    isAsked ? '/v1/explain' : null,
    { symbol, buyExchange, sellExchange },
    EVERY_MS,
  );
  return (
    <Panel title={`Why is nothing shown? ${symbol} now`}>
      <div class="filters">
        <Choice name="buy" label="Buy on" value={buyExchange} />
        <Choice name="sell" label="Sell on" value={sellExchange} />
      </div>
      <ProblemNote problem={problem} />
      {!data ? (
        <Empty>
          {isAsked
            ? 'Loading …'
            : 'Choose two exchanges, and each gate tells what stands between them and an opportunity.'}
        </Empty>
      ) : (
        <>
          <p data-testid="verdict">
            {VERDICTS[data.verdict]} {data.verdict !== 'open' && <Badge tone="warn">{data.reason ?? 'none'}</Badge>}{' '}
            <span class="dim">gross {bps(data.grossBps)} bps</span>
          </p>
          <Scroll label="Gates of the route now">
            <table class="data" aria-label="Gates now">
              <HeadRow columns={['Gate', 'Passes', 'Measured, with its bound']} />
              <tbody>
                {data.gates.map(({ reason, passed, measured }) => (
                  <tr key={reason}>
                    <th scope="row">{reason}</th>
                    <td>
                      {passed === null ? (
                        <span class="dim">not asked</span>
                      ) : (
                        <Badge tone={passed ? 'good' : 'warn'}>{passed ? 'yes' : 'no'}</Badge>
                      )}
                    </td>
                    <td>
                      <Measures measured={measured} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </Scroll>
        </>
      )}
    </Panel>
  );
}
