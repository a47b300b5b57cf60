import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');

/** A small tree that keeps every rule: each entry is a file and what it holds. */
const CLEAN: Record<string, string> = {
  'src/core/money/bps.ts': 'export const BPS = 10_000;\n',
  'src/streams/double.ts':
    "import { map } from 'rxjs';\nimport { BPS } from '../core/money/bps.js';\nexport const double = map((x: number) => x * BPS);\n",
  'src/platform/clock/clock.ts': 'export abstract class Clock {}\n',
  'src/platform/clock/index.ts': "export { Clock } from './clock.js';\n",
  'src/exchanges/ports.ts':
    "import { BPS } from '../core/money/bps.js';\nimport { Clock } from '../platform/clock/index.js';\nexport const ports = [BPS, Clock];\n",
  'src/exchanges/index.ts': "export { ports } from './ports.js';\n",
  'src/exchanges/ccxt/adapter.ts':
    "import ccxt from 'ccxt';\nimport { ports } from '../ports.js';\nexport const adapter = [ccxt, ports];\n",
  'src/keys/vault/seal.ts': "import { CompactEncrypt } from 'jose';\nexport const seal = CompactEncrypt;\n",
  'src/keys/index.ts':
    "import { ports } from '../exchanges/index.js';\nexport { seal } from './vault/seal.js';\nexport const keys = ports;\n",
  'src/detection/index.ts':
    "import { ports } from '../exchanges/index.js';\nimport { double } from '../streams/double.js';\nexport const detection = [ports, double];\n",
  'src/feed/index.ts': "import { detection } from '../detection/index.js';\nexport const feed = detection;\n",
  'src/history/index.ts': "import { detection } from '../detection/index.js';\nexport const history = detection;\n",
  'src/simulator/main.ts':
    "import { WebSocketServer } from 'ws';\nimport { BPS } from '../core/money/bps.js';\nexport const server = [WebSocketServer, BPS];\n",
  'web/src/page.ts': "import { BPS } from '../../src/core/money/bps.js';\nexport const page = BPS;\n",
  'web/src/main.ts': "import { page } from './page.js';\nexport const main = page;\n",
  'src/main.ts': "import { adapterless } from './app.module.js';\nexport const main = adapterless;\n",
  'src/app.module.ts':
    "import { feed } from './feed/index.js';\nimport { history } from './history/index.js';\nimport { keys } from './keys/index.js';\nexport const adapterless = [feed, history, keys];\n",
};

/** One planted fault per rule: the rule, the file that breaks it, and what else must exist for it. */
const PLANTED: [rule: string, file: string, source: string, also?: Record<string, string>][] = [
  ['core-imports-only-core', 'src/core/a.ts', "import { of } from 'rxjs';\nexport const a = of;\n"],
  [
    'core-never-reaches-a-framework',
    'src/core/b.ts',
    "import { x } from '../platform/far/one.js';\nexport const b = x;\n",
    {
      'src/platform/far/one.ts': "export { x } from './two.js';\n",
      'src/platform/far/two.ts': "import { Module } from '@nestjs/common';\nexport const x = Module;\n",
    },
  ],
  [
    'streams-import-only-core-and-rxjs',
    'src/streams/c.ts',
    "import { Clock } from '../platform/clock/index.js';\nexport const c = Clock;\n",
  ],
  [
    'platform-knows-no-feature',
    'src/platform/d/index.ts',
    "import { keys } from '../../keys/index.js';\nexport const d = keys;\n",
  ],
  [
    'feature-through-its-front-door',
    'src/feed/e.ts',
    "import { ports } from '../exchanges/ports.js';\nexport const e = ports;\n",
  ],
  [
    'composition-root-through-front-doors',
    'src/f.ts',
    "import { ports } from './exchanges/ports.js';\nexport const f = ports;\n",
  ],
  [
    'nats-only-at-its-door-and-in-the-cluster',
    'src/feed/nats.ts',
    "import { connect } from '@nats-io/transport-node';\nexport const nats = connect;\n",
  ],
  [
    'the-cluster-joins-markets-detection-and-keys',
    'src/cluster/rows.ts',
    "import { history } from '../history/index.js';\nexport const rows = history;\n",
  ],
  ['not-through-its-own-front-door', 'src/keys/g.ts', "import { seal } from './index.js';\nexport const g = seal;\n"],
  [
    'shell-features-may-not-be-imported',
    'src/keys/h.ts',
    "import { feed } from '../feed/index.js';\nexport const h = feed;\n",
  ],
  [
    'exchanges-below-detection',
    'src/exchanges/i.ts',
    "import { detection } from '../detection/index.js';\nexport const i = detection;\n",
  ],
  [
    'exchanges-never-import-keys',
    'src/exchanges/j.ts',
    "import { keys } from '../keys/index.js';\nexport const j = keys;\n",
  ],
  [
    'detection-sees-markets-only',
    'src/detection/k.ts',
    "import { keys } from '../keys/index.js';\nexport const k = keys;\n",
  ],
  [
    'simulator-knows-only-core',
    'src/simulator/l.ts',
    "import { ports } from '../exchanges/index.js';\nexport const l = ports;\n",
  ],
  ['client-stands-alone', 'src/client/l.ts', "import { BPS } from '../core/money/bps.js';\nexport const l = BPS;\n"],
  [
    'the-page-knows-only-client-and-core',
    'web/src/l.ts',
    "import { ports } from '../../src/exchanges/index.js';\nexport const l = ports;\n",
  ],
  [
    'nothing-imports-the-page',
    'src/dashboard/l.ts',
    "import { page } from '../../web/src/page.js';\nexport const l = page;\n",
  ],
  ['ccxt-only-in-its-adapter', 'src/exchanges/m.ts', "import ccxt from 'ccxt';\nexport const m = ccxt;\n"],
  [
    'prisma-only-in-repositories',
    'src/history/n.ts',
    "import { PrismaPg } from '@prisma/adapter-pg';\nexport const n = PrismaPg;\n",
  ],
  [
    'crypto-only-where-it-is-the-business',
    'src/feed/o.ts',
    "import { randomUUID } from 'node:crypto';\nexport const o = randomUUID;\n",
  ],
  [
    'jose-only-in-the-vault',
    'src/keys/p.ts',
    "import { CompactEncrypt } from 'jose';\nexport const p = CompactEncrypt;\n",
  ],
  [
    'nodemailer-only-in-the-mail-target',
    'src/feed/ab.ts',
    "import { createTransport } from 'nodemailer';\nexport const ab = createTransport;\n",
  ],
  [
    'alerts-see-no-room-beside-them',
    'src/alerts/ac.ts',
    "import { feed } from '../feed/index.js';\nexport const ac = feed;\n",
  ],
  [
    'prom-client-only-in-metrics',
    'src/feed/aa.ts',
    "import { Counter } from 'prom-client';\nexport const aa = Counter;\n",
  ],
  ['websockets-only-in-feed', 'src/history/q.ts', "import { WebSocket } from 'ws';\nexport const q = WebSocket;\n"],
  [
    'keys-see-no-market-stream',
    'src/keys/r.ts',
    "import { double } from '../streams/double.js';\nexport const r = double;\n",
  ],
  [
    'dashboard-knows-only-platform',
    'src/dashboard/s.ts',
    "import { BPS } from '../core/money/bps.js';\nexport const s = BPS;\n",
  ],
  [
    'no-circular',
    'src/feed/t.ts',
    "import { u } from './u.js';\nexport const t = (): unknown => u;\n",
    { 'src/feed/u.ts': "import { t } from './t.js';\nexport const u = (): unknown => t;\n" },
  ],
  ['no-unresolvable', 'src/feed/v.ts', "import { gone } from './gone.js';\nexport const v = gone;\n"],
  ['no-dev-dependency-in-production-code', 'src/feed/w.ts', "import fc from 'fast-check';\nexport const w = fc;\n"],
  [
    'no-test-in-production-code',
    'src/feed/x.ts',
    "import { y } from './y.spec.js';\nexport const x = y;\n",
    { 'src/feed/y.spec.ts': 'export const y = 1;\n' },
  ],
  ['no-orphans', 'src/feed/z.ts', 'export const z = 1;\n'],
];

interface Report {
  summary: { violations: { rule: { name: string }; from: string; to: string }[] };
}

describe('import rules', () => {
  let directory: string;

  beforeAll(() => {
    directory = mkdtempSync(path.join(tmpdir(), 'crossbook-imports-'));
    symlinkSync(path.join(root, 'node_modules'), path.join(directory, 'node_modules'));
    for (const file of ['package.json', 'tsconfig.json', '.dependency-cruiser.cjs']) {
      cpSync(path.join(root, file), path.join(directory, file));
    }
  });

  afterAll(() => {
    rmSync(directory, { recursive: true, force: true });
  });

  function write(files: Record<string, string>): void {
    for (const [file, source] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(directory, file)), { recursive: true });
      writeFileSync(path.join(directory, file), source);
    }
  }

  /** Every violation as `rule from`; throws when the tool itself fails, so that its silence is never taken for a pass. */
  function violations(): string[] {
    const run = spawnSync(
      process.execPath,
      [
        'node_modules/dependency-cruiser/bin/dependency-cruise.mjs',
        '--config',
        '.dependency-cruiser.cjs',
        '-T',
        'json',
        'src',
        'web',
      ],
      { cwd: directory, encoding: 'utf8' },
    );
    if (!run.stdout.startsWith('{')) throw new Error(`dependency-cruiser failed: ${run.stderr}`);
    const report = JSON.parse(run.stdout) as Report;
    return report.summary.violations.map(({ rule, from }) => `${rule.name} ${from}`);
  }

  it('pass a clean tree', () => {
    write(CLEAN);
    expect(violations()).toEqual([]);
  });

  it('catch each planted violation', () => {
    write(CLEAN);
    for (const [, file, source, also] of PLANTED) write({ [file]: source, ...also });
    const found = new Set(violations());
    expect(PLANTED.map(([rule, file]) => `${rule} ${file}`).filter((planted) => !found.has(planted))).toEqual([]);
  });

  it('catch a cycle of folders that no cycle of files shows', () => {
    rmSync(path.join(directory, 'src'), { recursive: true });
    write({
      ...CLEAN,
      'src/feed/one/a.ts': "import { b } from '../two/b.js';\nexport const a = b;\n",
      'src/feed/two/b.ts': 'export const b = 1;\n',
      'src/feed/two/c.ts': "import { d } from '../one/d.js';\nexport const c = d;\n",
      'src/feed/one/d.ts': 'export const d = 1;\n',
      'src/feed/main.ts':
        "import { a } from './one/a.js';\nimport { c } from './two/c.js';\nexport const all = [a, c];\n",
    });
    expect(violations().map((each) => each.split(' ')[0])).toContain('no-folder-circular');
  });

  it('are followed by a list with every rule planted', () => {
    const config = path.join(directory, '.dependency-cruiser.cjs');
    const run = spawnSync(
      process.execPath,
      ['-p', `JSON.stringify(require(${JSON.stringify(config)}).forbidden.map((r) => r.name))`],
      { encoding: 'utf8' },
    );
    const planted = new Set([...PLANTED.map(([rule]) => rule), 'no-folder-circular']);
    expect((JSON.parse(run.stdout) as string[]).filter((rule) => !planted.has(rule))).toEqual([]);
  });
});
