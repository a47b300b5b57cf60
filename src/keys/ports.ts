import type { Observable } from 'rxjs';
import type { KeyView } from './key-health.js';

/** The health of every stored key, as the feed sees it. */
export abstract class KeyHealthFeed {
  abstract snapshot(): readonly KeyView[];
  /** Hot: a key whose view changed, or that was removed. */
  abstract readonly changes$: Observable<{ readonly event: 'updated' | 'removed'; readonly key: KeyView }>;
}
