import { Injectable } from '@nestjs/common';
import { type Observable, Subject } from 'rxjs';
import type { KeyView } from './key-health.js';
import type { KeyHealthFeed } from './ports.js';
import { type StoredKey, viewOf } from './stored-key.js';

interface Change {
  readonly event: 'updated' | 'removed';
  readonly key: KeyView;
}

/** The keys as they stand now, without secrets; says every change of what is shown. Bounded by the stored keys. */
@Injectable()
export class KeyRegistry implements KeyHealthFeed {
  private readonly keys = new Map<string, { readonly key: StoredKey; readonly view: KeyView }>();
  private readonly changed$ = new Subject<Change>();

  readonly changes$: Observable<Change> = this.changed$.asObservable();

  snapshot(): readonly KeyView[] {
    return [...this.keys.values()].map(({ view }) => view);
  }

  all(): readonly StoredKey[] {
    return [...this.keys.values()].map(({ key }) => key);
  }

  get(id: string): StoredKey | undefined {
    return this.keys.get(id)?.key;
  }

  put(key: StoredKey): void {
    const view = viewOf(key);
    const before = this.keys.get(key.id)?.view;
    this.keys.set(key.id, { key, view });
    if (JSON.stringify(before) !== JSON.stringify(view)) this.changed$.next({ event: 'updated', key: view });
  }

  remove(id: string): void {
    const known = this.keys.get(id);
    if (!known) return;
    this.keys.delete(id);
    this.changed$.next({ event: 'removed', key: known.view });
  }
}
