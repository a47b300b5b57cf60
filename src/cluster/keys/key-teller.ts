import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { concatMap, defer, from, type Observable, retry, Subscription, timer } from 'rxjs';
import type { SignedCall } from '../../exchanges/index.js';
import type { KeyHealthFeed, KeyRelay, KeyView } from '../../keys/index.js';
import type { Log } from '../../platform/logging/index.js';
import type { ClusterLink } from '../link/cluster-link.js';
import type { StateLog } from '../states/state-log.js';
import { subjects } from '../subjects.js';

/** Between two attempts while the broker does not answer, milliseconds. */
const RETRY_MS = 250;

/** What a keeper tells of a key; never a secret. */
export interface KeyTold {
  readonly event: 'updated' | 'removed';
  readonly key: KeyView;
}

/** Tells the health of every key, and at once which may not sign any more; hears the signed calls of collectors. */
export class KeyTeller implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly listening = new Subscription();

  constructor(
    private readonly link: ClusterLink,
    private readonly keys: KeyHealthFeed,
    private readonly relay: KeyRelay,
    private readonly states: StateLog,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    const { keys, link, relay } = this;
    this.tell(from(this.newsOfStart()), ({ key }) => ['key', key.id]);
    this.tell(keys.changes$, ({ key }) => ['key', key.id]);
    this.tell(relay.changes$, ({ exchange }) => ['credentials', exchange]);
    this.listening.add(
      link.broker.listen(subjects.signedCalls(null), (message) => {
        relay.heardCall(message.json<SignedCall>());
      }),
    );
  }

  beforeApplicationShutdown(): void {
    this.listening.unsubscribe();
  }

  /** Every key as it is, and those that went while no keeper ran. */
  private newsOfStart(): KeyTold[] {
    const present = this.keys.snapshot();
    const known = new Set(present.map(({ id }) => id));
    const told = this.states.all('key').map(({ value }) => value as KeyTold);
    const gone = told.filter(({ event, key }) => event === 'updated' && !known.has(key.id));
    return [
      ...gone.map(({ key }): KeyTold => ({ event: 'removed', key })),
      ...present.map((key): KeyTold => ({ event: 'updated', key })),
    ];
  }

  // Until the broker has it: a stopped key may not go on signing because one message was lost.
  private tell<T>(source$: Observable<T>, subjectOf: (told: T) => ['key' | 'credentials', string]): void {
    const told$ = source$.pipe(
      concatMap((told) =>
        defer(() => this.states.put(...subjectOf(told), told)).pipe(retry({ delay: () => timer(RETRY_MS) })),
      ),
    );
    this.listening.add(
      told$.subscribe({
        error: (reason: unknown) => {
          this.log.error('the health of keys is no longer told: restart this keeper', { reason: String(reason) });
        },
      }),
    );
  }
}
