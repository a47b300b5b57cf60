import type { ExchangeStatus } from '../../core/market/exchange-status.js';
import type { AlertRule } from '../../platform/config/index.js';
import { type AlertInput, durationText, type Found, NOTHING, timeText, type Watch } from './watch.js';

type Rule = Extract<AlertRule, { on: 'exchangeDown' }>;

interface Down {
  readonly sinceMs: number;
  /** When it is told, for the first time or again. */
  nextMs: number;
  reason: string;
}

/** Exchanges that are down: told when one was for so long, and again while that lasts. */
export class ExchangeWatch implements Watch {
  private readonly exchanges: ReadonlySet<string> | undefined;
  /** By exchange. */
  private readonly down = new Map<string, Down>();

  constructor(private readonly rule: Rule) {
    this.exchanges = rule.exchanges && new Set(rule.exchanges);
  }

  step(input: AlertInput, nowMs: number): readonly Found[] {
    if (input.type === 'exchange') this.see(input.status, nowMs);
    if (input.type !== 'tick' && input.type !== 'exchange') return NOTHING;
    const due = [...this.down].filter(([, { nextMs }]) => nowMs >= nextMs);
    return due.length === 0 ? NOTHING : due.map(([exchange, down]) => this.tell(exchange, down, nowMs));
  }

  private see({ id, status, lastError }: ExchangeStatus, nowMs: number): void {
    if (this.exchanges?.has(id) === false) return;
    const known = this.down.get(id);
    if (status === 'live' || status === 'degraded') {
      this.down.delete(id);
      return;
    }
    const reason = lastError === null ? 'no reason was told' : `${lastError.code}: ${lastError.message}`;
    if (known) known.reason = reason;
    // While it dials again it is down still, but one that was never seen down may just have begun.
    else if (status === 'down') this.down.set(id, { sinceMs: nowMs, nextMs: nowMs + this.rule.forMs, reason });
  }

  private tell(exchange: string, down: Down, nowMs: number): Found {
    const { sinceMs, reason } = down;
    down.nextMs = nowMs + Math.max(this.rule.oncePerMs, this.rule.forMs, 60_000);
    const fields = {
      ...{ time: timeText(nowMs), exchange, status: 'down', reason },
      ...{ duration: durationText(nowMs - sinceMs), since: timeText(sinceMs) },
    };
    return { topic: exchange, severity: this.rule.severity, fields };
  }
}
