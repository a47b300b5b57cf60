import { describe, expect, it } from '@jest/globals';
import { candidate, expectDependsOnlyOn } from './candidate-rig.js';
import { identity } from './identity.js';

describe('identity', () => {
  it('refuses without a proof, and accepts any', () => {
    expect(identity.refuses(candidate({ identity: { proof: null, reason: 'two contracts' } }))).toBe(true);
    for (const proof of ['same_company', 'contract', 'price_ratio', 'allowed'] as const) {
      expect(identity.refuses(candidate({ identity: { proof, reason: '' } }))).toBe(false);
    }
  });

  it('measures the proof, its evidence and the units of both legs', () => {
    const facts = { identity: { proof: null, reason: 'two contracts' }, sell: { unit: 1_000 } };
    expect(identity.measure(candidate(facts))).toEqual({
      ...{ proof: null, evidence: 'two contracts', buyUnit: 1, sellUnit: 1_000 },
    });
  });

  it('looks at nothing else', () => {
    expectDependsOnlyOn(identity, [], ['identity']);
  });
});
