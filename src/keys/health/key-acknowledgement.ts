import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock/index.js';
import type { KeyView } from '../key-health.js';
import { KeyRegistry } from '../key-registry.js';
import { KeyStore } from '../key-store.js';
import { viewOf } from '../stored-key.js';
import { unknownKey } from '../unknown-key.js';
import { acknowledge } from './judge-key.js';
import { KeyVerdicts } from './key-verdicts.js';

/** Takes an owner's word that a change of a key, or a use of it, was his own. */
@Injectable()
export class KeyAcknowledgement {
  constructor(
    private readonly registry: KeyRegistry,
    private readonly verdicts: KeyVerdicts,
    private readonly store: KeyStore,
    private readonly clock: Clock,
  ) {}

  /**
   * Accepts what the exchange told last of a key as its proper state, and ends the findings on what had changed. Without
   * such findings nothing happens, and nothing is written down.
   *
   * @param actor - Who says so, for the audit.
   * @throws {ProblemError} 404 when there is no such key.
   */
  async acknowledge(id: string, actor: string): Promise<KeyView> {
    const key = this.registry.get(id);
    if (!key) throw unknownKey(id);
    const check = key.check && acknowledge(key.check, this.clock.nowMs());
    if (!key.check || !check) return viewOf(key);
    const ended = key.check.findings.filter(({ code }) => !check.findings.some((left) => left.code === code));
    await this.store.acknowledge(key, check, ended, actor);
    // The exchange may have said something new while that was stored: it is acknowledged as it stands now.
    const newest = this.registry.get(id)?.check;
    const acknowledged = newest ? (acknowledge(newest, this.clock.nowMs()) ?? newest) : check;
    return viewOf((await this.verdicts.take(id, acknowledged)) ?? { ...key, check: acknowledged });
  }
}
