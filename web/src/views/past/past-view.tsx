import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { serviceNow } from '../../live/now.js';
import { useAnswer } from '../../parts/answer.js';
import { place, stay } from '../../router.js';
import { ClosedPanel } from './closed-panel.js';
import { DistributionPanel } from './distribution-panel.js';
import { ExplainPanel } from './explain-panel.js';
import './past.css';
import { chosenRange, RANGES, withChanges } from './range.js';
import { RefusalsPanel } from './refusals-panel.js';
import { SpreadsPanel } from './spreads-panel.js';

/** What was, over a chosen range, and why nothing is shown. */
export function PastView(): JSX.Element {
  const symbols = useAnswer<{ readonly data: readonly { readonly symbol: string }[] }>('/v1/symbols');
  const known = symbols.data?.data.map(({ symbol }) => symbol) ?? [];
  const symbol = place.value.query.get('symbol') ?? known[0] ?? '';
  const range = chosenRange();
  const [round, setRound] = useState(0);
  // The range ends now, and stays where it was until it is read again: figures of one view belong together.
  const fromMs = useMemo(() => serviceNow() - range.ms, [range, symbol, round]);
  return (
    <div class="stack">
      <h1 class="hidden-visually">Past</h1>
      <div class="filters">
        <label>
          Symbol
          <select
            value={symbol}
            onChange={(event) => stay(withChanges({ symbol: event.currentTarget.value, route: '' }))}
          >
            {known.map((each) => (
              <option key={each} value={each}>
                {each}
              </option>
            ))}
          </select>
        </label>
        <div role="group" aria-label="Range" class="ranges">
          {RANGES.map(({ id, title }) => (
            <button key={id} aria-pressed={id === range.id} onClick={() => stay(withChanges({ range: id }))}>
              {title}
            </button>
          ))}
          <button onClick={() => setRound(round + 1)}>Read again</button>
        </div>
      </div>
      {symbol !== '' && (
        <>
          <SpreadsPanel symbol={symbol} range={range} fromMs={fromMs} key={`${symbol}${range.id}${round}`} />
          <div class="grid">
            <DistributionPanel symbol={symbol} fromMs={fromMs} />
            <RefusalsPanel symbol={symbol} fromMs={fromMs} />
          </div>
          <ExplainPanel symbol={symbol} />
          <ClosedPanel symbol={symbol} fromMs={fromMs} />
        </>
      )}
    </div>
  );
}
