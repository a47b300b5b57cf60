import { filter, map, type Observable } from 'rxjs';
import { KeyHealthFeed, type KeyView } from '../../keys/index.js';
import type { StateLog } from '../states/state-log.js';
import type { KeyTold } from './key-teller.js';

/** The health of every key, as the keeper tells it. */
export class RemoteKeys extends KeyHealthFeed {
  override readonly changes$: Observable<KeyTold>;

  constructor(private readonly states: StateLog) {
    super();
    this.changes$ = states.changes$.pipe(
      filter(({ kind }) => kind === 'key'),
      map(({ value }) => value as KeyTold),
    );
  }

  override snapshot(): readonly KeyView[] {
    const told = this.states.all('key').map(({ value }) => value as KeyTold);
    return told.flatMap(({ event, key }) => (event === 'updated' ? [key] : []));
  }
}
