import type { OpportunityMessage } from '../../src/cluster/messages.js';
import type { OpportunityEvent } from '../../src/core/opportunity/opportunity.js';
import { OpportunityFold, type PlacedEvent } from '../../src/cluster/reader/opportunity-fold.js';
import { StreamReader } from '../../src/cluster/link/stream-reader.js';
import { OPPORTUNITIES } from '../../src/cluster/subjects.js';
import { type Broker, lastOf } from '../../src/platform/nats/index.js';

/** A message of the stream as the broker holds it. */
export interface Kept {
  readonly asset: string;
  readonly sequence: number;
  readonly storedAtMs: number;
  readonly message: OpportunityMessage;
}

/** Reads everything that detectors told so far. */
export async function readStream(broker: Broker): Promise<Kept[]> {
  const kept: Kept[] = [];
  const reader = StreamReader.open(broker, OPPORTUNITIES, { sinceMs: 0 }, (message) => {
    const asset = lastOf(message.subject);
    const told = message.json<OpportunityMessage>();
    kept.push({ asset, sequence: message.seq, storedAtMs: message.time.getTime(), message: told });
  });
  await reader.caughtUp;
  await reader.close();
  return kept;
}

/** What happened, as every reader of the stream sees it. */
export function eventsOf(kept: readonly Kept[]): PlacedEvent[] {
  const fold = new OpportunityFold();
  return kept.flatMap(({ asset, sequence, message }) => fold.take(asset, sequence, message));
}

/** Notes where two detectors spoke for one asset, or two opportunities of one route were open at once. */
class Auditor {
  readonly found: string[] = [];
  private readonly owners = new Map<string, { readonly term: number; readonly epoch: string }>();
  private readonly open = new Map<string, Map<string, string>>();

  take({ asset, sequence, message }: Kept): void {
    const owner = this.owners.get(asset);
    const at = `${asset} at ${sequence}`;
    if (message.kind === 'claim') {
      if (owner && message.term <= owner.term) this.found.push(`${at}: term ${message.term} after ${owner.term}`);
      this.owners.set(asset, message);
      this.open.set(asset, new Map());
      return;
    }
    if (owner?.term !== message.term || owner.epoch !== message.epoch) {
      this.found.push(`${at}: term ${message.term} of ${message.epoch} while ${JSON.stringify(owner ?? null)} owns it`);
    }
    if (message.kind === 'events') for (const event of message.events) this.takeEvent(at, asset, event);
  }

  private takeEvent(at: string, asset: string, { event, opportunity: { id, routeId } }: OpportunityEvent): void {
    const routes = this.open.get(asset) ?? new Map<string, string>();
    if (event === 'opened' && routes.has(routeId)) this.found.push(`${at}: ${routeId} opened while it was open`);
    if (event !== 'opened' && routes.get(routeId) !== id)
      this.found.push(`${at}: ${event} of ${id}, which is not open`);
    if (event === 'closed') routes.delete(routeId);
    else routes.set(routeId, id);
  }
}

/** @returns What should never have happened; none if all is well. */
export function breaches(kept: readonly Kept[]): string[] {
  const auditor = new Auditor();
  for (const one of kept) auditor.take(one);
  return auditor.found;
}
