#!/usr/bin/env node
// Runs the Prisma CLI with the WASM schema engine from npm, so that no engine is ever downloaded.
// Use: node scripts/prisma.mjs generate | migrate dev | migrate diff …
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const args = process.argv.slice(2);
const stamp = path.join(root, 'src/platform/prisma/generated/.stamp');
const inputs = ['prisma/schema.prisma', 'prisma.config.ts', 'package-lock.json'].map((file) =>
  readFileSync(path.join(root, file)),
);
const hash = createHash('sha256').update(Buffer.concat(inputs)).digest('hex');

const isGenerate = args[0] === 'generate' && args.length === 1;
if (isGenerate && existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) process.exit(0);

if (isGenerate) process.stderr.write('crossbook: generating the database client …\n');
const run = spawnSync(process.execPath, [path.join(root, 'node_modules/prisma/build/index.js'), ...args], {
  cwd: root,
  stdio: isGenerate ? ['ignore', 'pipe', 'pipe'] : 'inherit',
  env: {
    ...process.env,
    PRISMA_SCHEMA_ENGINE_BINARY: path.join(root, 'scripts/schema-engine-shim.mjs'),
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
    CHECKPOINT_DISABLE: '1',
  },
});
if (run.status !== 0) {
  process.stderr.write(`${String(run.stdout ?? '')}${String(run.stderr ?? '')}`);
  process.exit(run.status ?? 1);
}
if (isGenerate) writeFileSync(stamp, hash);
