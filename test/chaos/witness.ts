import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { Opportunity } from '../../src/core/opportunity/opportunity.js';

/** One thing that a client was told of an opportunity. */
export interface Told {
  readonly epoch: string;
  readonly event: 'snapshot' | 'opened' | 'updated' | 'closed';
  readonly seq: number;
  readonly sentAtMs: number;
  readonly opportunity: Opportunity;
}

interface FeedMessage {
  readonly type: string;
  readonly epoch: string;
  readonly seq: number;
  readonly prevSeq: number;
  readonly reason?: string;
  readonly skipped?: number;
  readonly sentAtMs: number;
  readonly data: readonly unknown[];
}

/**
 * A client of the opportunities that writes down all that it was sent, comes back from where it stopped, and notices
 * each hole that nobody told it of.
 */
export class Witness {
  readonly told: Told[] = [];
  /** Reason of each snapshot, null for one that was not asked to resume. */
  readonly snapshots: (string | null)[] = [];
  readonly holes: string[] = [];
  private socket: WebSocket | null = null;
  private epoch = '';
  private position: { readonly epoch: string; readonly seq: number } | null = null;

  /** Position of its first snapshot. */
  firstSeq = 0;

  /** Where it would go on from. */
  get since(): { readonly epoch: string; readonly seq: number } | null {
    return this.position;
  }

  /** Connects, and goes on from where it stopped. */
  async connect(url: string): Promise<void> {
    const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/v1/stream`, { perMessageDeflate: false });
    this.socket = socket;
    socket.on('message', (data: Buffer) => {
      if (socket === this.socket) this.take(JSON.parse(data.toString()) as FeedMessage);
    });
    // Being cut is what it is for; the close tells.
    socket.on('error', () => undefined);
    await once(socket, 'open');
    socket.send(
      JSON.stringify({
        op: 'subscribe',
        id: 'w',
        channel: 'opportunities',
        mode: 'all',
        ...(this.position && { since: this.position }),
      }),
    );
  }

  /** Cuts the connection without a word, and hears nothing more of it. */
  cut(): void {
    this.socket?.terminate();
    this.socket = null;
  }

  private take(message: FeedMessage): void {
    if (message.type === 'hello') this.epoch = message.epoch;
    else if (message.type === 'snapshot') this.takeSnapshot(message);
    else if (message.type === 'update') this.takeUpdate(message);
    else if (message.type === 'error') this.holes.push(JSON.stringify(message));
  }

  private takeSnapshot({ seq, sentAtMs, reason, data }: FeedMessage): void {
    if (this.snapshots.push(reason ?? null) === 1) this.firstSeq = seq;
    this.position = { epoch: this.epoch, seq };
    for (const opportunity of data as readonly Opportunity[]) {
      this.told.push({ epoch: this.epoch, event: 'snapshot', seq, sentAtMs, opportunity });
    }
  }

  private takeUpdate({ seq, prevSeq, sentAtMs, data }: FeedMessage): void {
    if (this.position?.epoch !== this.epoch || prevSeq !== this.position.seq) {
      this.holes.push(`${prevSeq} → ${seq} after ${JSON.stringify(this.position)}`);
    }
    this.position = { epoch: this.epoch, seq };
    for (const { event, opportunity } of data as readonly Pick<Told, 'event' | 'opportunity'>[]) {
      this.told.push({ epoch: this.epoch, event, seq, sentAtMs, opportunity });
    }
  }
}

/** How many openings and closings were told. */
export function changesIn(told: readonly Told[]): number {
  return told.filter(({ event }) => event === 'opened' || event === 'closed').length;
}
