import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { z } from 'zod';
import { environmentName } from '../../src/platform/config/index.js';
import { settingLeaves } from '../../src/platform/config/setting-leaves.js';
import { copied, ROOT, stagesOfContainerfile } from './containerfile.js';

const textOf = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8');

/** A variable that is no setting, yet known: where settings are. */
const BESIDE_SETTINGS = ['CROSSBOOK_CONFIG'];
const known = new Set([...settingLeaves().map((leaf) => environmentName(leaf.path)), ...BESIDE_SETTINGS]);
const variablesIn = (text: string): string[] => [...new Set(text.match(/CROSSBOOK_[A-Z_]+/g))];
const unknownIn = (text: string): string[] => variablesIn(text).filter((name) => !known.has(name));

const UNITS = ['deploy/systemd/crossbook.service', 'deploy/systemd/crossbook@.service'];

/** Settings of a unit, by name; a name that stands more than once has all of its values. */
function unit(file: string): (name: string) => string[] {
  const lines = textOf(file).split('\n');
  return (name) => lines.filter((line) => line.startsWith(`${name}=`)).map((line) => line.slice(name.length + 1));
}

describe.each(UNITS)('%s', (file) => {
  const of = unit(file);

  it('names settings that exist, and holds no secret', () => {
    const text = textOf(file);
    expect(variablesIn(text).length).toBeGreaterThan(2);
    expect(unknownIn(text)).toEqual([]);
    expect(text).not.toMatch(/PASSWORD|PASSPHRASE=|CROSSBOOK_MASTER_KEY=/);
  });

  it('hands secrets over as credentials, and keeps data where it may write', () => {
    const [directory = ''] = of('StateDirectory');
    expect(of('Environment')).toContain(`CROSSBOOK_DATA_DIR=%S/${directory}`);
    const credentials = of('LoadCredential').map((one) => one.split(':')[0] ?? '');
    for (const name of credentials) expect(of('Environment').join('\n')).toContain(`=%d/${name}`);
    expect(credentials).toContain('master.key');
  });

  it('is shut in, lets V8 compile, and stops the database after the service', () => {
    expect(of('ProtectSystem')).toEqual(['strict']);
    expect(of('NoNewPrivileges')).toEqual(['yes']);
    expect(of('CapabilityBoundingSet')).toEqual(['']);
    expect(of('User')).toEqual(['crossbook']);
    expect(of('MemoryDenyWriteExecute')).toEqual([]);
    expect(of('KillMode')).toEqual(['mixed']);
    expect(Number(of('TimeoutStopSec')[0])).toBeGreaterThan(19); // 8 s of the service and 11 s of its database
  });
});

/** Whether the patterns of .dockerignore leave a path in the build context: the last that matches decides. */
function isInContext(file: string): boolean {
  const parents = file.split('/').map((_, index, parts) => parts.slice(0, index + 1).join('/'));
  let isIn = true;
  for (const line of textOf('.dockerignore').split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const pattern = line.replace(/^!/, '');
    if (pattern === '*' || parents.includes(pattern)) isIn = line.startsWith('!');
  }
  return isIn;
}

describe('the Containerfile', () => {
  const stages = stagesOfContainerfile();
  const last = stages.at(-1);

  it('copies what exists and is in the build context', () => {
    const sources = stages.flatMap(({ instructions }) => instructions.flatMap((one) => copied(one)?.sources ?? []));
    expect(sources.length).toBeGreaterThan(10);
    expect(sources.filter((source) => !existsSync(path.join(ROOT, source)))).toEqual([]);
    expect(sources.filter((source) => !isInContext(source))).toEqual([]);
    for (const left of ['secrets', 'node_modules', '.git', '.crossbook', 'test', 'src/platform/prisma/generated']) {
      expect([left, isInContext(left)]).toEqual([left, false]);
    }
  });

  it('takes from earlier stages only, and builds all of them on one release of node that we support', () => {
    const from = stages.flatMap(({ instructions }) =>
      instructions.flatMap(({ words }) =>
        words.filter((word) => word.startsWith('--from=')).map((word) => word.slice(7)),
      ),
    );
    expect(from).toEqual(['package', 'installed']);
    expect(stages.map(({ name }) => name)).toEqual(['package', 'installed', null]);
    expect(new Set(stages.map((stage) => stage.from)).size).toBe(1);
    expect(last?.from).toMatch(/^docker\.io\/library\/node:20-/);
  });

  it('runs as nobody special, on its volume, with a probe, and knows each setting that it names', () => {
    const wordsOf = (name: string): string[] =>
      (last?.instructions ?? []).filter((one) => one.name === name).flatMap(({ words }) => [...words]);
    expect(wordsOf('USER')).toEqual(['10001:10001']);
    expect(wordsOf('VOLUME')).toEqual(['/var/lib/crossbook']);
    expect(wordsOf('ENV')).toContain('CROSSBOOK_DATA_DIR=/var/lib/crossbook');
    expect(wordsOf('HEALTHCHECK').join(' ')).toContain('/opt/crossbook/healthcheck.mjs');
    expect(wordsOf('ENTRYPOINT').concat(wordsOf('CMD'))).toEqual(['["crossbook"]', '["start"]']);
    expect(unknownIn(textOf('Containerfile'))).toEqual([]);
    expect(unknownIn(textOf('deploy/container/healthcheck.mjs'))).toEqual([]);
    expect(textOf('deploy/container/healthcheck.mjs')).toContain("'/health/live'");
  });
});

/** The part of the Compose Specification that compose.yaml uses; a name beyond it is a mistake. */
const service = z.strictObject({
  image: z.string().regex(/^\S+:[\w.-]+$/, 'must name a version'),
  build: z.strictObject({ context: z.string(), dockerfile: z.string() }).optional(),
  profiles: z.array(z.string()).optional(),
  command: z.array(z.string()).optional(),
  depends_on: z.record(z.string(), z.strictObject({ condition: z.literal('service_healthy') })).optional(),
  environment: z.record(z.string(), z.string()).optional(),
  secrets: z.array(z.string()).optional(),
  ports: z.array(z.string().regex(/^(\d+:)?\d+$/)).optional(),
  volumes: z.array(z.string().regex(/^[\w-]+:\/[\w/-]+$/)).optional(),
  tmpfs: z.array(z.string()).optional(),
  healthcheck: z
    .strictObject({ test: z.array(z.string()), interval: z.string(), timeout: z.string(), retries: z.int() })
    .optional(),
  read_only: z.boolean().optional(),
  init: z.boolean().optional(),
  cap_drop: z.array(z.literal('ALL')).optional(),
  security_opt: z.array(z.literal('no-new-privileges:true')),
  stop_grace_period: z
    .string()
    .regex(/^\d+s$/)
    .optional(),
  restart: z.literal('unless-stopped'),
  mem_limit: z.string().optional(),
});
const composeFile = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9_-]*$/),
  services: z.record(z.string(), service),
  volumes: z.record(z.string(), z.null()),
  secrets: z.record(z.string(), z.strictObject({ file: z.string().startsWith('./secrets/') })),
});

describe('compose.yaml', () => {
  const compose = composeFile.parse(parse(textOf('compose.yaml')));
  const services = Object.values(compose.services);

  it('refers to secrets, volumes and services that it declares, and declares none in vain', () => {
    const sorted = (names: Iterable<string>): string[] => [...new Set(names)].sort();
    expect(sorted(services.flatMap(({ secrets }) => secrets ?? []))).toEqual(sorted(Object.keys(compose.secrets)));
    const volumes = services.flatMap((one) => (one.volumes ?? []).map((volume) => volume.split(':')[0] ?? ''));
    expect(sorted(volumes)).toEqual(sorted(Object.keys(compose.volumes)));
    for (const { depends_on: needed = {} } of services) {
      for (const name of Object.keys(needed)) expect(compose.services[name]?.healthcheck).toBeDefined();
    }
  });

  it('gives crossbook settings that exist, files for each secret, and a read-only root', () => {
    const { environment = {}, read_only: isReadOnly, secrets = [], build } = compose.services['crossbook'] ?? {};
    expect(Object.keys(environment).filter((name) => !known.has(name))).toEqual([]);
    const files = Object.values(environment).flatMap((value) => /^\/run\/secrets\/(.+)$/.exec(value)?.[1] ?? []);
    expect(files.sort()).toEqual([...secrets].sort());
    expect(isReadOnly).toBe(true);
    expect(existsSync(path.join(ROOT, build?.dockerfile ?? ''))).toBe(true);
  });

  it('has no password, default or other, in it', () => {
    const values = services.flatMap(({ environment = {} }) => Object.entries(environment));
    const passwords = values.filter(([name]) => /PASSWORD|TOKEN|KEY/.test(name));
    expect(passwords.length).toBeGreaterThan(0);
    for (const [, value] of passwords) expect(value).toMatch(/^\/run\/secrets\//);
    expect(values.filter(([, value]) => /\$\{\w+:-/.test(value))).toEqual([]);
  });
});

describe('the files of deploy/', () => {
  it('are all told of in docs/operations.md', () => {
    const told = textOf('docs/operations.md');
    const files = readdirSync(path.join(ROOT, 'deploy'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => name);
    expect(files.filter((name) => !told.includes(name))).toEqual([]);
    expect(unknownIn(told).filter((name) => !['CROSSBOOK_URL', 'CROSSBOOK_TOKEN'].includes(name))).toEqual([]);
  });
});
