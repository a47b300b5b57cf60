import type { Opportunity } from '../../core/opportunity/opportunity.js';
import type { AlertRule } from '../../platform/config/index.js';
import { type AlertInput, durationText, type Found, NOTHING, timeText, type Watch } from './watch.js';
import { whichOpportunities } from './which-opportunities.js';

type Rule = Extract<AlertRule, { on: 'silence' }>;

/** The absence of opportunities: told when there was none for so long, and again while that lasts. */
export class SilenceWatch implements Watch {
  private readonly wants: (opportunity: Opportunity) => boolean;
  /** Ids of those that are open and what the rule looks for; bounded by what is open. */
  private readonly open = new Set<string>();
  private nextMs: number;

  /** @param lastMs - When the last one was seen: at first, when the watch began. */
  constructor(
    private readonly rule: Rule,
    private lastMs: number,
  ) {
    this.wants = whichOpportunities(rule);
    this.nextMs = lastMs + rule.forMs;
  }

  step(input: AlertInput, nowMs: number): readonly Found[] {
    if (input.type === 'opportunity') this.see(input.event.opportunity, nowMs);
    if (input.type !== 'tick' || this.open.size > 0 || nowMs < this.nextMs) return NOTHING;
    // Without a window it would be told at every tick.
    this.nextMs = nowMs + Math.max(this.rule.oncePerMs, this.rule.forMs);
    const fields = {
      time: timeText(nowMs),
      duration: durationText(nowMs - this.lastMs),
      since: timeText(this.lastMs),
    };
    return [{ topic: 'silence', severity: this.rule.severity, fields }];
  }

  private see(opportunity: Opportunity, nowMs: number): void {
    const wasOpen = this.open.has(opportunity.id);
    const isOpen = opportunity.state === 'open' && this.wants(opportunity);
    if (isOpen) this.open.add(opportunity.id);
    else this.open.delete(opportunity.id);
    if (!isOpen && !wasOpen) return;
    this.lastMs = nowMs;
    this.nextMs = nowMs + this.rule.forMs;
  }
}
