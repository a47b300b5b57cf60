import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createUser } from '@nats-io/nkeys';
import { CLUSTER_ROLES, StartupError } from '../../src/platform/config/index.js';
import { commandLine } from '../support/command-line.js';
import { waitFor } from '../support/wait-for.js';
import { describeWithServer, NATS_SERVER } from '../support/nats-server.js';
import { NatsRig } from './nats-rig.js';

describeWithServer('the doors of the broker', () => {
  let rig: NatsRig;

  beforeAll(async () => {
    rig = await NatsRig.create();
    await rig.start();
  });

  afterAll(() => rig.stop());

  async function refusal(changes: Parameters<NatsRig['connect']>[1]): Promise<string> {
    const opening = rig.connect('gateway', changes);
    await expect(opening).rejects.toThrow(StartupError);
    return opening.then(
      () => '',
      (error: unknown) => (error as StartupError).message,
    );
  }

  it('take a configuration that the server finds valid, and seeds that their owner alone can read', () => {
    const conf = path.join(rig.out, 'nats.conf');
    const { status, stderr } = spawnSync(NATS_SERVER ?? '', ['-t', '-c', conf], { encoding: 'utf8' });
    expect(stderr).toContain('is valid');
    expect(status).toBe(0);
    const text = readFileSync(conf, 'utf8');
    for (const role of CLUSTER_ROLES) {
      const seed = readFileSync(rig.seedOf(role), 'utf8').trim();
      expect(seed).toMatch(/^SU[A-Z2-7]{56}$/);
      expect(text).not.toContain(seed);
      expect(statSync(rig.seedOf(role)).mode & 0o777).toBe(0o600);
    }
  });

  it('stay shut to a seed that the server does not know', async () => {
    const seedFile = path.join(rig.directory, 'strange.seed');
    writeFileSync(seedFile, createUser().getSeed(), { mode: 0o600 });
    expect(await refusal({ seedFile })).toMatch(
      /^nats\.seedFile: tls:.* refuses the seed in .*strange\.seed; give the one/,
    );
  });

  it('stay shut without a seed', async () => {
    expect(await refusal({ seedFile: undefined })).toMatch(/^nats\.seedFile: is missing; .* lets nobody in without/);
  });

  it('take no seed that others can read, and nothing that is no seed', async () => {
    const seedFile = path.join(rig.directory, 'open.seed');
    copyFileSync(rig.seedOf('gateway'), seedFile);
    chmodSync(seedFile, 0o640);
    expect(await refusal({ seedFile })).toBe(`nats.seedFile: ${seedFile} can be read by others; chmod 600 it`);
    writeFileSync(seedFile, 'secret\n');
    chmodSync(seedFile, 0o600);
    expect(await refusal({ seedFile })).toContain(`nats.seedFile: ${seedFile} holds no nkey seed`);
    expect(await refusal({ seedFile: `${seedFile}.none` })).toContain('.none (ENOENT)');
  });

  it('are not entered when the server is not who it should be', async () => {
    const { strangeCa, ca } = rig.files;
    expect(await refusal({ ca: strangeCa })).toMatch(
      /^nats\.ca: the certificate of tls:.* is not accepted .*strange-ca/,
    );
    expect(await refusal({ ca: undefined })).toContain('name the PEM file of the authority that signed it');
    expect(await refusal({ ca: `${ca}.none` })).toMatch(/^nats\.ca: cannot read .*\.none \(ENOENT\)/);
    // Its certificate is for localhost.
    expect(await refusal({ url: `tls://127.0.0.1:${rig.port}` })).toContain('ERR_TLS_CERT_ALTNAME_INVALID');
    expect(await refusal({ url: `tls://127.0.0.2:${rig.port},tls://127.0.0.1:${rig.port}` })).toContain('ALTNAME');
  });

  it('are not entered in clear text by who asked for TLS', async () => {
    const clear = await NatsRig.create();
    try {
      const conf = path.join(clear.out, 'clear.conf');
      const text = readFileSync(path.join(clear.out, 'nats.conf'), 'utf8');
      writeFileSync(conf, text.replace(/\ntls \{[^}]*\}\n/, '\n').replace('0.0.0.0', '127.0.0.1'));
      await clear.start(conf);
      for (const changes of [{ url: `nats://localhost:${clear.port}` }, { ca: undefined }]) {
        await expect(clear.connect('gateway', changes)).rejects.toThrow(
          /^nats\.ca: .* offers no TLS; give its servers/,
        );
      }
      const { broker } = await clear.connect('gateway', { url: `nats://localhost:${clear.port}`, ca: undefined });
      expect(broker.isUp).toBe(true);
    } finally {
      await clear.stop();
    }
  });

  it('let a role wait for a server that starts later', async () => {
    const late = await NatsRig.create();
    try {
      const opening = late.connect('detector');
      await late.start();
      const { broker } = await opening;
      expect(broker.isUp).toBe(true);
    } finally {
      await late.stop();
    }
  });

  it('take a new seed at once: who has the old one is put out, and comes back with the new', async () => {
    const before = new Map(CLUSTER_ROLES.map((role) => [role, readFileSync(rig.seedOf(role), 'utf8')]));
    const oldSeed = path.join(rig.directory, 'old.seed');
    copyFileSync(rig.seedOf('keeper'), oldSeed);
    const placed = path.join(rig.directory, 'placed.seed');
    copyFileSync(rig.seedOf('keeper'), placed);
    const thief = await rig.connect('keeper', { seedFile: oldSeed });
    const keeper = await rig.connect('keeper', { seedFile: placed });
    const gateway = await rig.connect('gateway');

    const { stdout } = await rig.configure('--rotate', 'keeper');
    expect(stdout).toContain('give their new seeds to: keeper.');
    for (const role of CLUSTER_ROLES) {
      expect(readFileSync(rig.seedOf(role), 'utf8') === before.get(role)).toBe(role !== 'keeper');
    }
    await rig.reload();
    const refused = 'refuses the seed of this role';
    await waitFor('both are put out', () => [thief, keeper].every(({ lines }) => lines.join('').includes(refused)));
    copyFileSync(rig.seedOf('keeper'), placed);
    await waitFor('the keeper is back', () => keeper.broker.isUp);
    expect(await keeper.broker.streams.getAccountInfo()).toBeDefined();
    expect(thief.broker.isUp).toBe(false);
    expect(thief.lines.filter((line) => line.includes(refused))).toHaveLength(1);
    expect(gateway.broker.isUp).toBe(true);
    expect(gateway.lines).toEqual([]);
  });
});

describeWithServer('crossbook nats-conf', () => {
  let rig: NatsRig;

  beforeAll(async () => {
    rig = await NatsRig.create();
  });

  afterAll(() => rig.stop());

  const run = (...args: string[]) => commandLine(['nats-conf', ...args], { cwd: rig.directory });

  it('says what each role may do', async () => {
    const { stdout } = await rig.configure();
    expect(stdout).toMatch(/^ROLE +MAY +WHAT$/m);
    expect(stdout).toMatch(/^detector +tells +crossbook\.opportunity\.\*$/m);
    expect(stdout).not.toMatch(/^gateway +tells +crossbook\.opportunity/m);
    expect(stdout).toContain(`kept   ${rig.seedOf('gateway')}`);
    expect(stdout).toContain(`CROSSBOOK_NATS_CA=${rig.files.ca}`);
  });

  it.each([
    [['--host', '0.0.0.0'], '--host 0.0.0.0 lies beyond this machine'],
    [['--tls-cert', 'a.pem'], '--tls-key: is missing'],
    [['--tls-ca', 'a.pem'], '--tls-cert: is missing'],
    [['--port', '70000'], '--port: must be a whole number from 1 to 65535, was "70000"'],
    [['--store-mb', '1'], '--store-mb: must be a whole number from 64'],
    [['--rotate', 'all'], '--rotate: must be one of collector, detector, gateway, recorder, keeper, was "all"'],
    [['--store', 'a\nb'], 'holds a control character'],
  ])('refuses %j and writes nothing', async (args, said) => {
    const { code, stderr } = await run('--out', 'none', ...args);
    expect(code).toBe(2);
    expect(stderr).toContain(said);
    expect(() => statSync(path.join(rig.directory, 'none'))).toThrow('ENOENT');
  });

  it('never writes over a seed by itself, whatever is wrong with it', async () => {
    const seed = rig.seedOf('recorder');
    writeFileSync(seed, 'torn\n');
    const torn = await rig.configure();
    expect([torn.code, torn.stderr]).toEqual([1, expect.stringContaining('"--rotate recorder" makes a new one')]);
    expect(readFileSync(seed, 'utf8')).toBe('torn\n');
    chmodSync(seed, 0o644);
    const open = await rig.configure();
    expect([open.code, open.stderr]).toEqual([1, expect.stringContaining('can be read by others; chmod 600 it')]);
    const rotated = await rig.configure('--rotate', 'recorder');
    expect(rotated.code).toBe(0);
    expect(statSync(seed).mode & 0o777).toBe(0o600);
    // Three starts of the command line, on a machine that may be busy.
  }, 90_000);

  it('says where it cannot write', async () => {
    const { code, stderr } = await run('--out', path.join(rig.files.ca, 'nats'));
    expect(code).toBe(1);
    expect(stderr).toMatch(/--out: cannot write .* \(ENOTDIR\); name a directory/);
  });
});
