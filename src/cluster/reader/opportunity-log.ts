import { Subject } from 'rxjs';
import type { Opportunity } from '../../core/opportunity/opportunity.js';
import { lastOf } from '../../platform/nats/index.js';
import type { ClusterLink } from '../link/cluster-link.js';
import { type OpportunityMessage, V } from '../messages.js';
import { OPPORTUNITIES } from '../subjects.js';
import { OpportunityFold, type PlacedEvent } from './opportunity-fold.js';
import { StreamReader } from '../link/stream-reader.js';

/** Reads what all detectors find, in the one order of the stream. */
export class OpportunityLog {
  private readonly fold = new OpportunityFold();
  private readonly told$ = new Subject<PlacedEvent>();
  private reader: StreamReader | null = null;
  private newestMs: number | null = null;

  /** Hot: each event, with its place. */
  readonly events$ = this.told$.asObservable();

  constructor(private readonly link: ClusterLink) {}

  /** When the newest message was stored, the broker's clock, epoch ms; null before the first. */
  get lastMs(): number | null {
    return this.newestMs;
  }

  /** When the stream was made, as text: positions mean something within it alone. */
  async epoch(): Promise<string> {
    const { created } = await this.link.broker.streams.streams.info(OPPORTUNITIES);
    return `c${Date.parse(created).toString(36)}`;
  }

  /**
   * Begins to read.
   *
   * @param sinceMs - With what was stored since then, epoch ms.
   * @returns Resolves once all is read that was there.
   */
  async open(sinceMs: number): Promise<void> {
    this.reader = StreamReader.open(this.link.broker, OPPORTUNITIES, { sinceMs }, (message) => {
      const told = message.json<OpportunityMessage>();
      const asset = lastOf(message.subject);
      this.newestMs = message.time.getTime();
      if (told.v === V) for (const placed of this.fold.take(asset, message.seq, told)) this.told$.next(placed);
    });
    await this.reader.caughtUp;
  }

  async close(): Promise<void> {
    await this.reader?.close();
    this.reader = null;
  }

  /** Everything that is open. */
  all(): Opportunity[] {
    return [...this.fold.all()];
  }

  find(id: string): Opportunity | undefined {
    return this.fold.find(id);
  }
}
