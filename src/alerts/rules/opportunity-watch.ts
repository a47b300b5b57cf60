import type { Opportunity } from '../../core/opportunity/opportunity.js';
import { withoutDetails } from '../../core/opportunity/without-details.js';
import type { AlertFields } from '../../core/alerts/alert-template.js';
import type { AlertRule } from '../../platform/config/index.js';
import { type AlertInput, durationText, type Found, NOTHING, timeText, type Watch } from './watch.js';
import { whichOpportunities } from './which-opportunities.js';

type Rule = Extract<AlertRule, { on: 'opportunity' }>;

/** Opportunities: each is told once, as soon as it is what the rule wants and has lived so long. */
export class OpportunityWatch implements Watch {
  private readonly wants: (opportunity: Opportunity) => boolean;
  /** Those that are what the rule wants, but not old enough yet; bounded by what is open. */
  private readonly young = new Map<string, Opportunity>();
  /** Ids of those that were told and are open still. */
  private readonly told = new Set<string>();

  constructor(private readonly rule: Rule) {
    this.wants = whichOpportunities(rule);
  }

  step(input: AlertInput, nowMs: number): readonly Found[] {
    if (input.type === 'tick') return this.young.size === 0 ? NOTHING : this.grown(nowMs);
    if (input.type !== 'opportunity') return NOTHING;
    const { event, opportunity } = input.event;
    if (event === 'closed') return this.close(opportunity);
    if (this.told.has(opportunity.id)) return NOTHING;
    if (!this.wants(opportunity)) {
      this.young.delete(opportunity.id);
      return NOTHING;
    }
    if (nowMs - opportunity.openedAtMs < this.rule.minDurationMs) {
      // Only its figures: its books would outlive every collection of young garbage.
      this.young.set(opportunity.id, withoutDetails(opportunity));
      return NOTHING;
    }
    return [this.tell(opportunity, nowMs)];
  }

  private grown(nowMs: number): Found[] {
    const grown = [...this.young.values()].filter((one) => nowMs - one.openedAtMs >= this.rule.minDurationMs);
    return grown.map((one) => this.tell(one, nowMs));
  }

  /** One may have lived long enough between two ticks. */
  private close({ id, closedAtMs, openedAtMs }: Opportunity): readonly Found[] {
    const young = this.young.get(id);
    const endMs = closedAtMs ?? openedAtMs;
    const found = young && endMs - openedAtMs >= this.rule.minDurationMs ? [this.tell(young, endMs)] : NOTHING;
    this.young.delete(id);
    this.told.delete(id);
    return found;
  }

  private tell(opportunity: Opportunity, nowMs: number): Found {
    this.young.delete(opportunity.id);
    this.told.add(opportunity.id);
    return { topic: opportunity.routeId, severity: this.rule.severity, fields: fieldsOf(opportunity, nowMs) };
  }
}

function fieldsOf(one: Opportunity, nowMs: number): AlertFields {
  const buy = one.legs.find(({ side }) => side === 'buy');
  const sell = one.legs.find(({ side }) => side === 'sell');
  return {
    time: timeText(nowMs),
    symbol: one.symbol,
    kind: one.kind,
    routeId: one.routeId,
    buyExchange: buy?.exchange ?? '?',
    sellExchange: sell?.exchange ?? '?',
    buyPrice: figure(buy?.vwap),
    sellPrice: figure(sell?.vwap),
    size: figure(one.size),
    netBps: one.netBps.toFixed(2),
    grossBps: one.grossBps.toFixed(2),
    netProfit: one.netProfit.toFixed(2),
    currency: one.currency,
    notional: one.notional.toFixed(2),
    notionalUsd: one.notionalUsd === null ? 'unknown' : one.notionalUsd.toFixed(2),
    duration: durationText(nowMs - one.openedAtMs),
    standing: one.standing ? 'yes' : 'no',
    opportunityId: one.id,
  };
}

/** Eight digits are enough to act on. */
function figure(value: number | undefined): string {
  return value === undefined ? '?' : String(Number(value.toPrecision(8)));
}
