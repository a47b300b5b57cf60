import type { Observable } from 'rxjs';
import type { ExchangeId } from '../core/market/instrument.js';
import type { Secret, SignedCall } from '../exchanges/index.js';
import type { KeyView } from './key-health.js';

/** The health of every stored key, as the feed sees it. */
export abstract class KeyHealthFeed {
  abstract snapshot(): readonly KeyView[];
  /** Hot: a key whose view changed, or that was removed. */
  abstract readonly changes$: Observable<{ readonly event: 'updated' | 'removed'; readonly key: KeyView }>;
}

/** Another key, or none, signs for an exchange now. */
export interface KeyUseChange {
  readonly exchange: ExchangeId;
  /** Ids of keys that sign nothing any more, whatever the database still says. */
  readonly stopped: readonly string[];
}

/** What the vaults of several processes over one database tell each other; never a secret. */
export abstract class KeyRelay {
  /** Hot: what changed here. */
  abstract readonly changes$: Observable<KeyUseChange>;
  /** Hot: each signed call of this process. */
  abstract readonly calls$: Observable<SignedCall>;
  /** Takes what changed elsewhere: calls with a stopped key are given up at once. */
  abstract heardChange(change: KeyUseChange): Promise<void>;
  /** Takes a signed call of another process, which stores it itself. */
  abstract heardCall(call: SignedCall): void;
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
