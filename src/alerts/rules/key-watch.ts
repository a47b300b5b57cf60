import type { Severity } from '../../core/alerts/alert-template.js';
import type { AlertRule } from '../../platform/config/index.js';
import { type AlertInput, type Found, NOTHING, timeText, type Watch } from './watch.js';

type Rule = Extract<AlertRule, { on: 'keyFinding' }>;

/** Findings on keys: told at every change of a key; that the same is told once per window is not its business. */
export class KeyWatch implements Watch {
  private readonly severities: ReadonlySet<Severity>;
  private readonly exchanges: ReadonlySet<string> | undefined;

  constructor(rule: Rule) {
    this.severities = new Set(rule.severities);
    this.exchanges = rule.exchanges && new Set(rule.exchanges);
  }

  step(input: AlertInput, nowMs: number): readonly Found[] {
    if (input.type !== 'key' || this.exchanges?.has(input.key.exchange) === false) return NOTHING;
    const { id, exchange, label, account, health, findings } = input.key;
    return findings
      .filter(({ severity }) => this.severities.has(severity))
      .map(({ code, severity, seen, remedy }) => ({
        topic: `${id} ${code} ${severity}`,
        severity,
        fields: {
          ...{ time: timeText(nowMs), exchange, label, account, keyId: id, health },
          ...{ code, seen, remedy },
        },
      }));
  }
}
