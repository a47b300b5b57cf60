import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { serviceNow } from '../../live/now.js';
import { useAnswer } from '../../parts/answer.js';
import { place, stay } from '../../router.js';
import { ClosedPanel } from './closed-panel.js';
import { DistributionPanel } from './distribution-panel.js';
import { ExplainPanel } from './explain-panel.js';
import './past.css';
import { namedRange, ownRange, type Range, withChanges } from './range.js';
import { RangePicker } from './range-picker.js';
import { RefusalsPanel } from './refusals-panel.js';
import { SpreadsPanel } from './spreads-panel.js';

/** The chosen range. One that ends now stays where it was until it is read again: figures of one view belong together. */
function useRange(symbol: string, round: number): Range {
  const own = ownRange();
  const { ms } = namedRange();
  return useMemo(() => {
    const nowMs = Math.round(serviceNow());
    return own ?? { fromMs: nowMs - ms, toMs: nowMs };
  }, [own?.fromMs, own?.toMs, ms, symbol, round]);
}

/** What was, over a chosen range, and why nothing is shown. */
export function PastView(): JSX.Element {
  const symbols = useAnswer<{ readonly data: readonly { readonly symbol: string }[] }>('/v1/symbols');
  const known = symbols.data?.data.map(({ symbol }) => symbol) ?? [];
  const symbol = place.value.query.get('symbol') ?? known[0] ?? '';
  const [round, setRound] = useState(0);
  const range = useRange(symbol, round);
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
        <RangePicker shown={range} again={() => setRound(round + 1)} />
      </div>
      {symbol !== '' && (
        <>
          <SpreadsPanel symbol={symbol} range={range} key={`${symbol} ${range.fromMs} ${range.toMs} ${round}`} />
          <div class="grid">
            <DistributionPanel symbol={symbol} range={range} />
            <RefusalsPanel symbol={symbol} range={range} />
          </div>
          <ExplainPanel symbol={symbol} />
          <ClosedPanel symbol={symbol} range={range} />
        </>
      )}
    </div>
  );
}
