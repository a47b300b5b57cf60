import type { OnApplicationShutdown, OnModuleInit } from '@nestjs/common';
import { Subject } from 'rxjs';
import { fromSubjectToken } from '../../platform/nats/index.js';
import type { ClusterLink } from '../link/cluster-link.js';
import { StreamReader } from '../link/stream-reader.js';
import { STATES, type StateKind, subjects } from '../subjects.js';

/** One state as it was told last. */
export interface State {
  readonly kind: StateKind;
  readonly of: string;
  readonly value: unknown;
}

/** The states that members keep in JetStream: the newest of each when this starts, and each change. */
export class StateLog implements OnModuleInit, OnApplicationShutdown {
  /** By kind and subject; bounded by what there is to tell of. */
  private readonly known = new Map<string, State>();
  private readonly changed$ = new Subject<State>();
  private reader: StreamReader | null = null;

  /** Hot: each state as it is told, those of the start among them. */
  readonly changes$ = this.changed$.asObservable();

  constructor(private readonly link: ClusterLink) {}

  /** Resolves when all that was told before is known. */
  async onModuleInit(): Promise<void> {
    this.reader = StreamReader.open(this.link.broker, STATES, 'newest', (message) => {
      const [, , kind = '', of = ''] = message.subject.split('.');
      const state: State = { kind: kind as StateKind, of: fromSubjectToken(of), value: message.json() };
      this.known.set(`${kind}.${of}`, state);
      this.changed$.next(state);
    });
    await this.reader.caughtUp;
  }

  async onApplicationShutdown(): Promise<void> {
    await this.reader?.close();
    this.changed$.complete();
  }

  /** The newest of a kind, in the order of their subjects' first telling. */
  all(kind: StateKind): State[] {
    return [...this.known.values()].filter((state) => state.kind === kind);
  }

  /** Keeps a state for all, in place of the one before. */
  async put(kind: StateKind, of: string, value: unknown): Promise<void> {
    await this.link.broker.stream.publish(subjects.state(kind, of), JSON.stringify(value));
  }
}
