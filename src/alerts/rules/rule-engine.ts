import { DEFAULT_TEMPLATES, oneLine, renderTemplate } from '../../core/alerts/alert-template.js';
import type { AlertRule, QuietHours } from '../../platform/config/index.js';
import type { Alert } from '../alert.js';
import { ExchangeWatch } from './exchange-watch.js';
import { KeyWatch } from './key-watch.js';
import { OpportunityWatch } from './opportunity-watch.js';
import { QuietTime } from './quiet-hours.js';
import { SilenceWatch } from './silence-watch.js';
import type { AlertInput, Found, Watch } from './watch.js';

/** Topics of one rule whose last telling is remembered; the database remembers more. */
const MAX_TOPICS = 10_000;

/** Why something that a rule found is told to nobody. */
export type Dropped = 'duplicate' | 'quiet_hours';

/** What a step of the rules gives. */
export interface Decided {
  readonly alerts: readonly Alert[];
  readonly dropped: readonly Dropped[];
}

const NOTHING: Decided = { alerts: [], dropped: [] };

/**
 * Decides what is told to whom: events in, alerts out. It knows no clock, timer or source, so that the same input at the
 * same times gives the same alerts.
 */
export class RuleEngine {
  private readonly lines: readonly RuleLine[];

  /** @param startedAtMs - From when on silence is counted. */
  constructor(rules: readonly AlertRule[], startedAtMs: number) {
    this.lines = rules.map((rule) => new RuleLine(rule, startedAtMs));
  }

  step(input: AlertInput, nowMs: number): Decided {
    let decided: Decided = NOTHING;
    for (const line of this.lines) {
      const { alerts, dropped } = line.step(input, nowMs);
      if (alerts.length + dropped.length === 0) continue;
      decided = { alerts: [...decided.alerts, ...alerts], dropped: [...decided.dropped, ...dropped] };
    }
    return decided;
  }
}

/** One rule: what it looks for, what it told of late, and when it would rather be quiet. */
class RuleLine {
  private readonly watch: Watch;
  private readonly quiet: { readonly time: QuietTime; readonly rule: QuietHours } | null;
  /** When each topic was told last, the longest ago first. */
  private readonly toldAtMs = new Map<string, number>();

  constructor(
    private readonly rule: AlertRule,
    startedAtMs: number,
  ) {
    this.watch = watchFor(rule, startedAtMs);
    this.quiet = rule.quietHours ? { time: new QuietTime(rule.quietHours), rule: rule.quietHours } : null;
  }

  step(input: AlertInput, nowMs: number): Decided {
    const found = this.watch.step(input, nowMs);
    if (found.length === 0) return NOTHING;
    const decisions = found.map((one) => this.decide(one, nowMs));
    return {
      alerts: decisions.filter((one) => typeof one !== 'string'),
      dropped: decisions.filter((one) => typeof one === 'string'),
    };
  }

  private decide(found: Found, nowMs: number): Alert | Dropped {
    const told = this.toldAtMs.get(found.topic);
    if (told !== undefined && nowMs - told < this.rule.oncePerMs) return 'duplicate';
    const until = this.quietUntil(found, nowMs);
    if (until !== null && this.quiet?.rule.then === 'drop') return 'quiet_hours';
    this.remember(found.topic, nowMs);
    const { name, on, targets, template, oncePerMs } = this.rule;
    const { topic, severity } = found;
    const named = { ...found.fields, rule: name, severity };
    const fields = Object.fromEntries(Object.entries(named).map(([field, value]) => [field, oneLine(value)]));
    const text = renderTemplate(template ?? DEFAULT_TEMPLATES[on], fields);
    return {
      rule: name,
      kind: on,
      severity,
      topic,
      oncePerMs,
      text,
      fields,
      targets,
      atMs: nowMs,
      dueAtMs: until ?? nowMs,
    };
  }

  private quietUntil({ severity }: Found, nowMs: number): number | null {
    if (!this.quiet || (severity === 'critical' && this.quiet.rule.criticalPasses)) return null;
    return this.quiet.time.until(nowMs);
  }

  private remember(topic: string, nowMs: number): void {
    if (this.rule.oncePerMs === 0) return;
    this.toldAtMs.delete(topic);
    this.toldAtMs.set(topic, nowMs);
    for (const [oldest, ms] of this.toldAtMs) {
      if (this.toldAtMs.size <= MAX_TOPICS && nowMs - ms < this.rule.oncePerMs) break;
      this.toldAtMs.delete(oldest);
    }
  }
}

function watchFor(rule: AlertRule, startedAtMs: number): Watch {
  switch (rule.on) {
    case 'opportunity':
      return new OpportunityWatch(rule);
    case 'keyFinding':
      return new KeyWatch(rule);
    case 'exchangeDown':
      return new ExchangeWatch(rule);
    case 'silence':
      return new SilenceWatch(rule, startedAtMs);
  }
}
