import type { Observable } from 'rxjs';
import type { Secret } from '../exchanges/index.js';
import type { KeyView } from './key-health.js';

/** The health of every stored key, as the feed sees it. */
export abstract class KeyHealthFeed {
  abstract snapshot(): readonly KeyView[];
  /** Hot: a key whose view changed, or that was removed. */
  abstract readonly changes$: Observable<{ readonly event: 'updated' | 'removed'; readonly key: KeyView }>;
}

/** That a secret of a target is stored; never the secret. */
export interface TargetSecretView {
  readonly name: string;
  readonly setAtMs: number;
  /** Who set it. */
  readonly setBy: string;
}

/** The secrets of alert targets, one each by its name: sealed in the vault as keys are. */
export abstract class TargetSecrets {
  abstract list(): Promise<readonly TargetSecretView[]>;

  /**
   * Seals a secret in the place of the one that is there, if any.
   *
   * @throws {VaultError} When the master key is not at its place.
   */
  abstract put(name: string, secret: Secret, actor: string): Promise<void>;

  /**
   * Opens a secret; null where none is stored.
   *
   * @throws {VaultError} When its row was altered, or names a master key that is in no ring.
   */
  abstract open(name: string): Promise<Secret | null>;

  /** Deletes a secret; false where none was stored. */
  abstract remove(name: string, actor: string): Promise<boolean>;
}
