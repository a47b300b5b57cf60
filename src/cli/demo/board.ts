import type { ExchangeStatus } from '../../core/market/exchange-status.js';
import type { Opportunity, OpportunityEvent } from '../../core/opportunity/opportunity.js';
import type { StreamMessage } from './service-client.js';

/** The part of a key that the demo shows. */
export interface KeyLine {
  readonly id: string;
  readonly exchange: string;
  readonly label: string;
  readonly health: string;
  readonly findings: readonly { readonly code: string }[];
}

/** A step in the life of an opportunity, as the stream tells it. */
export type OpportunityStep = Pick<OpportunityEvent, 'event' | 'opportunity'>;

interface ExchangeStep {
  readonly exchange: ExchangeStatus;
}

interface KeyStep {
  readonly key: KeyLine;
}

function asOpened(opportunity: Opportunity): OpportunityStep {
  return { event: 'opened', opportunity };
}

const CLOSED_SHOWN = 8;

/** What the demo knows from the stream: everything on the screen came through it. */
export class Board {
  readonly open = new Map<string, Opportunity>();
  readonly exchanges = new Map<string, ExchangeStatus>();
  readonly keys = new Map<string, KeyLine>();
  /** The latest that closed, newest first. */
  readonly recent: Opportunity[] = [];
  opened = 0;
  closed = 0;

  /**
   * Takes a message of the stream: a snapshot holds the things themselves, an update what happened to them.
   *
   * @returns The steps of opportunities that it told.
   */
  take({ type, channel, data = [] }: StreamMessage): readonly OpportunityStep[] {
    if (type === 'snapshot' || type === 'update') return this.takeData(type === 'snapshot', channel, data);
    return [];
  }

  private takeData(
    isSnapshot: boolean,
    channel: string | undefined,
    data: readonly unknown[],
  ): readonly OpportunityStep[] {
    if (channel === 'exchanges') {
      const told = isSnapshot ? (data as ExchangeStatus[]) : (data as ExchangeStep[]).map(({ exchange }) => exchange);
      for (const status of told) this.exchanges.set(status.id, status);
    }
    if (channel === 'keys') {
      const told = isSnapshot ? (data as KeyLine[]) : (data as KeyStep[]).map(({ key }) => key);
      for (const key of told) this.keys.set(key.id, key);
    }
    if (channel !== 'opportunities') return [];
    const steps = isSnapshot ? (data as Opportunity[]).map(asOpened) : (data as OpportunityStep[]);
    for (const step of steps) this.takeStep(step);
    return steps;
  }

  private takeStep({ event, opportunity }: OpportunityStep): void {
    if (event === 'opened') this.opened += 1;
    if (event !== 'closed') {
      this.open.set(opportunity.id, opportunity);
      return;
    }
    this.closed += 1;
    this.open.delete(opportunity.id);
    this.recent.unshift(opportunity);
    this.recent.length = Math.min(this.recent.length, CLOSED_SHOWN);
  }

  /** Book updates since the service started. */
  get updates(): number {
    return [...this.exchanges.values()].reduce((sum, exchange) => sum + exchange.updates, 0);
  }
}
