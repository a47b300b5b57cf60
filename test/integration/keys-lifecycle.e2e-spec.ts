import { randomBytes } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { KeyProbeResult } from '../../src/exchanges/index.js';
import { keysSuite } from '../support/keys-suite.js';
import { codesOf, keyIn, type KeysService, plantedKey, signedCall, startKeysService } from '../support/keys-service.js';
import { readOnly, refusal, ScriptedProbe } from '../support/scripted-probe.js';
import { waitFor } from '../support/wait-for.js';

let service: KeysService;
const suite = keysSuite(() => service);

describe('checks in turn', () => {
  it('come in the configured interval and find a withdrawal right that was switched on', async () => {
    service = await startKeysService(suite.database, { keys: { checkIntervalMs: 1_000 } });
    const given = plantedKey();
    const { id } = await service.add(given);
    expect((await service.credentials.credential('binance', 'fees'))?.keyId).toBe(id);
    service.probe.answers.set(given['apiKey']!, readOnly({ withdraw: true }, { evidence: { withdraw: 'W: true' } }));
    await waitFor('the right is found', () => service.shown(id)?.health === 'critical');
    expect(codesOf(service.shown(id))).toEqual(['WITHDRAW_ENABLED', 'PERMISSIONS_CHANGED']);
    await waitFor('it signs no more', async () => (await service.credentials.credential('binance', 'fees')) === null);

    service.probe.answers.set(given['apiKey']!, refusal('exchange_down'));
    await waitFor('an outage is told', () => codesOf(service.shown(id)).includes('EXCHANGE_UNREACHABLE'));
    expect(service.shown(id)?.health).toBe('critical');
    service.probe.answers.delete(given['apiKey']!);
    await waitFor('the key is healthy again', () => service.shown(id)?.health === 'healthy', 10_000);
  }, 20_000);

  it('use a key that may withdraw when that was accepted, after all others', async () => {
    service = await startKeysService(suite.database, { keys: { acceptWithdrawal: true } });
    const dangerous = plantedKey('binance', 'dangerous');
    service.probe.answers.set(dangerous['apiKey']!, readOnly({ withdraw: true }));
    const red = await service.add(dangerous);
    expect([red.health, codesOf(red)]).toEqual(['critical', ['WITHDRAW_ENABLED']]);
    expect((await service.credentials.credential('binance', 'fees'))?.keyId).toBe(red.id);
    const { id } = await service.add(plantedKey('binance', 'safe'));
    expect((await service.credentials.credential('binance', 'fees'))?.keyId).toBe(id);
  });
});

describe('a stop', () => {
  it('does not wait for an exchange that is silent, and heeds nothing that it says afterwards', async () => {
    service = await startKeysService(suite.database, { keys: { checkIntervalMs: 1_000 } });
    const given = plantedKey();
    const { id } = await service.add(given);
    const { probe, lines } = service;
    let answer: (result: KeyProbeResult) => void = () => undefined;
    probe.answers.set(given['apiKey']!, new Promise((resolve) => (answer = resolve)));
    await waitFor('a check runs', () => probe.asked.length === 2);
    const startedAt = performance.now();
    await service.stop();
    expect(performance.now() - startedAt).toBeLessThan(1_000);
    answer(readOnly({ withdraw: true }));

    service = await startKeysService(suite.database);
    expect(service.shown(id)?.health).toBe('healthy');
    expect(lines.filter((line) => /"level":[45]0/.test(line) && !line.includes('back it up'))).toEqual([]);
  });
});

describe('a restart', () => {
  it('shows what was known, checks again, and opens what was sealed', async () => {
    service = await startKeysService(suite.database);
    const given = plantedKey('okx');
    const probe = new ScriptedProbe();
    probe.answers.set(given['apiKey']!, refusal('exchange_down'));
    service.probe.answers.set(given['apiKey']!, readOnly({ trade: true }));
    const before = await service.add(given);
    service.calls.record(signedCall(before.id, 'ok', 1_795_000_000_123));
    await service.stop();

    service = await startKeysService(suite.database, {}, probe);
    await waitFor('it was checked', () => codesOf(service.shown(before.id)).includes('EXCHANGE_UNREACHABLE'));
    expect(service.shown(before.id)).toEqual({
      ...before,
      lastUsedAtMs: 1_795_000_000_123,
      findings: [...before.findings, expect.objectContaining({ code: 'EXCHANGE_UNREACHABLE' })],
    });
    expect(probe.seen[0]?.secret?.reveal()).toBe(given['secret']);
  });

  it('makes a master key once, readable by its owner alone, and says so', async () => {
    service = await startKeysService(suite.database);
    const file = path.join(suite.database.dataDir, 'master.key');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(service.lines.filter((line) => line.includes('back it up'))).toHaveLength(1);
    await service.stop();
    service = await startKeysService(suite.database);
    expect(service.lines.join()).not.toContain('back it up');
  });

  it('ends with a clear error under another master key, and loses nothing', async () => {
    const right = randomBytes(32).toString('base64');
    const wrong = randomBytes(32).toString('base64');
    service = await startKeysService(suite.database, { masterKey: right });
    const given = plantedKey();
    const { id } = await service.add(given);
    await service.stop();

    const fault = await startKeysService(suite.database, { masterKey: wrong }).catch(
      (error: unknown) => error as Error,
    );
    expect(fault).toMatchObject({ name: 'VaultError', code: 'wrong_master_key' });
    expect((fault as Error).message).toContain('nothing was changed');
    await expect(startKeysService(suite.database)).rejects.toMatchObject({ code: 'master_key_missing' });
    expect(existsSync(path.join(suite.database.dataDir, 'master.key'))).toBe(false);

    service = await startKeysService(suite.database, { masterKey: right });
    expect((await service.credentials.credential('binance', 'fees'))?.secret?.reveal()).toBe(given['secret']);
    expect(service.shown(id)?.label).toBe('main, read');
  });

  it('turns a key red whose row was altered, and keeps the others', async () => {
    service = await startKeysService(suite.database);
    const [first, second] = [
      await service.add(plantedKey('binance', 'first')),
      await service.add(plantedKey('okx', 'second')),
    ];
    await service.database.query(
      `UPDATE credentials SET secret_sealed = (SELECT api_key_sealed FROM credentials WHERE id = $1) WHERE id = $1`,
      [first.id],
    );
    const checked = keyIn(await service.call('POST', `/v1/keys/${first.id}/check`));
    expect([checked.health, codesOf(checked)]).toEqual(['critical', ['SEAL_BROKEN']]);
    expect(await service.credentials.credential('binance', 'fees')).toBeNull();
    expect((await service.credentials.credential('okx', 'fees'))?.keyId).toBe(second.id);
  });
});
