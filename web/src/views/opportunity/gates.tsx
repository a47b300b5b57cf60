import type { JSX } from 'preact';
import type { GateMeasures } from '../../../../src/core/opportunity/opportunity.js';
import { HeadRow } from '../../parts/head-row.js';
import { Scroll } from '../../parts/scroll.js';
import { bps, figure, span } from '../../format.js';

function written(name: string, value: unknown): string {
  if (value === null || value === undefined) return '–';
  if (typeof value !== 'number') return typeof value === 'string' ? value : JSON.stringify(value);
  if (name.endsWith('Bps')) return `${bps(value)} bps`;
  if (name.endsWith('Ms')) return span(value);
  return figure(value);
}

/** `buyAgeMs` → `buy age`: the unit stands with the value. */
function wordsOf(name: string): string {
  return name
    .replace(/(Bps|Ms)$/, '')
    .replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
    .trim();
}

/** Figures that a gate measured, with the bounds that it held them to. */
export function Measures({ measured }: { measured: Readonly<Record<string, unknown>> }): JSX.Element {
  return (
    <>
      {Object.entries(measured).map(([name, value]) => (
        <span key={name} class="measure">
          <span class="dim">{wordsOf(name)}</span> <span class="mono">{written(name, value)}</span>
        </span>
      ))}
    </>
  );
}

/** What each gate measured when the opportunity opened. */
export function GateTable({ gates }: { gates: GateMeasures }): JSX.Element {
  return (
    <Scroll label="Gates, at the opening">
      <table class="data" aria-label="Gates">
        <HeadRow columns={['Gate', 'Measured at the opening']} />
        <tbody>
          {Object.entries(gates).map(([reason, measured]) => (
            <tr key={reason}>
              <td>{reason}</td>
              <td class="measures">
                <Measures measured={measured} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}
