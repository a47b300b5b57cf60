import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { concatMap, filter, Subscription } from 'rxjs';
import type { KeyRelay, KeyUseChange } from '../../keys/index.js';
import type { Log } from '../../platform/logging/index.js';
import type { ClusterLink } from '../link/cluster-link.js';
import type { StateLog } from '../states/state-log.js';
import { subjects } from '../subjects.js';

/** Keeps the vault of a collector that signs in step with the keeper's, and tells the keeper what was signed. */
export class KeyListener implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly listening = new Subscription();

  constructor(
    private readonly link: ClusterLink,
    private readonly relay: KeyRelay,
    private readonly states: StateLog,
    private readonly log: Log,
  ) {}

  onApplicationBootstrap(): void {
    const { link, relay, states } = this;
    const error = (reason: unknown): void => {
      this.log.error('changes of keys are no longer heard: restart this collector', { reason: String(reason) });
    };
    this.listening.add(
      states.changes$
        .pipe(
          filter(({ kind }) => kind === 'credentials'),
          concatMap(({ value }) => this.hear(value as KeyUseChange)),
        )
        .subscribe({ error }),
    );
    this.listening.add(
      relay.calls$.subscribe({
        next: (call) => {
          link.broker.tell(subjects.signedCalls(link.id), call);
        },
        error,
      }),
    );
  }

  beforeApplicationShutdown(): void {
    this.listening.unsubscribe();
  }

  private async hear(change: KeyUseChange): Promise<void> {
    try {
      await this.relay.heardChange(change);
    } catch (error) {
      // What was stopped is stopped by now; which key signs instead is asked of the database with the next change.
      this.log.warn('a change of keys was heard, but the database could not be asked', {
        exchange: change.exchange,
        reason: (error as Error).message,
      });
    }
  }
}
