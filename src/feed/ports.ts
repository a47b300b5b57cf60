import type { Portfolio } from '../core/portfolio/portfolio.js';

/** The portfolio, as the feed asks for it; whoever composes the application binds it. */
export abstract class PortfolioFeed {
  /** Every account valued now; never throws. */
  abstract view(): Portfolio;
}

/** How far the recording of one kind of rows is. */
export interface RecordedKind {
  /** Rows that wait for the database. */
  readonly waiting: number;
  /** Age of the oldest of them, milliseconds. */
  readonly lagMs: number;
  /** Rows that could not be kept, since the start. */
  readonly lost: number;
  /** Whether the database takes no rows now. */
  readonly isBehind: boolean;
}

/** The recorder, as the feed asks of it; whoever composes the application binds it. */
export abstract class RecorderProgress {
  /** How far each kind of rows is; never throws. */
  abstract readonly allMetrics: Readonly<Record<string, RecordedKind>>;
}
