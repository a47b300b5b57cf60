import { type AlertFields, type Severity, SEVERITIES } from '../../core/alerts/alert-template.js';
import type { StoredAlert } from '../alert.js';

/** Alerts that a sum names by their first line; of the others it says how many there are. */
const NAMED = 10;

/** What one alert says of many. */
export interface Digest {
  readonly severity: Severity;
  readonly text: string;
  readonly fields: AlertFields;
}

/** Sums alerts up that came faster than their target may be told: the first lines of some, and how many more there are. */
export function digestOf(alerts: readonly Pick<StoredAlert, 'severity' | 'text'>[]): Digest {
  const worst = Math.max(0, ...alerts.map(({ severity }) => SEVERITIES.indexOf(severity)));
  // The worst first: they must not be among those that are only counted.
  const sorted = [...alerts].sort((a, b) => SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity));
  const lines = sorted.slice(0, NAMED).map(({ text }) => `- ${text.split('\n', 1)[0] ?? ''}`);
  const more = alerts.length - lines.length;
  return {
    severity: SEVERITIES[worst] ?? 'info',
    text: [`${alerts.length} alerts at once`, ...lines, ...(more > 0 ? [`and ${more} more`] : [])].join('\n'),
    fields: { count: String(alerts.length) },
  };
}
