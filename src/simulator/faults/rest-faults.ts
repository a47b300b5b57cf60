import type { RestFault } from './fault.js';
import { Lasting } from './lasting.js';

/** REST faults in force at a time, over all paths; the oldest goes first. */
const MOST_RULES = 100;

/** A REST fault in force. */
export interface RestTrouble {
  readonly fault: RestFault;
  readonly startMs: number;
  readonly untilMs: number;
}

/** Faults of the answers to requests, and the bans that those answers have told of. */
export class RestFaults {
  /** Requests since the start. */
  requests = 0;
  /** Those that came although an answer before them had told to stay away for longer. */
  requestsDuringBan = 0;
  private readonly troubles: Lasting<RestTrouble>;
  private readonly bans: Lasting<string | undefined>;

  constructor(private readonly now: () => number) {
    this.troubles = new Lasting(now);
    this.bans = new Lasting(now);
  }

  /** Puts a fault in force; one of the same kind and path is replaced. */
  inject(fault: RestFault): void {
    const startMs = this.now();
    const key = `${fault.fault}:${pathOf(fault) ?? '*'}`;
    this.troubles.bound(MOST_RULES - 1);
    this.troubles.set(key, { fault, startMs, untilMs: startMs + fault.durationMs }, fault.durationMs);
  }

  /** Ends all of them, and the bans. */
  clear(): void {
    this.troubles.clear();
    this.bans.clear();
  }

  /** Takes note of a request and tells what it meets; the fault that was injected first goes first. */
  take(path: string): RestTrouble | null {
    this.requests += 1;
    if (this.bans.values().some((part) => isMeant(part, path))) this.requestsDuringBan += 1;
    return this.troubles.values().find(({ fault }) => isMeant(pathOf(fault), path)) ?? null;
  }

  /** Notes that an answer told to stay away for a time. */
  ban({ fault }: RestTrouble, seconds: number): void {
    const part = pathOf(fault);
    this.bans.bound(MOST_RULES - 1);
    this.bans.set(part ?? '*', part, seconds * 1_000);
  }

  /** The maintenance in force. */
  get maintenance(): RestTrouble | null {
    return this.troubles.get('maintenance:*');
  }
}

function pathOf(fault: RestFault): string | undefined {
  return fault.fault === 'maintenance' ? undefined : fault.path;
}

function isMeant(part: string | undefined, path: string): boolean {
  return part === undefined || path.includes(part);
}
