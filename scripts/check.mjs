#!/usr/bin/env node
// Types, lint, format, import rules and unused code: everything is an error. Prints each step with its time.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const bin = (name) => `node_modules/.bin/${name}`;
const steps = [
  ['client', process.execPath, ['scripts/prisma.mjs', 'generate']],
  ['types', bin('tsc'), ['--noEmit', '-p', 'tsconfig.json']],
  ['types of the page', bin('tsc'), ['--noEmit', '-p', 'web/tsconfig.json']],
  ['lint', bin('eslint'), ['.', '--max-warnings', '0']],
  ['format', bin('prettier'), ['--check', '--log-level', 'warn', '.']],
  ['imports', bin('depcruise'), ['--config', '.dependency-cruiser.cjs', '--output-type', 'err', 'src', 'test', 'web']],
  ['unused', bin('knip'), ['--no-progress']],
].filter(([, command]) => existsSync(command));

let failed = 0;
for (const [name, command, args] of steps) {
  const started = Date.now();
  const run = spawnSync(command, args, { encoding: 'utf8' });
  const ok = run.status === 0;
  process.stdout.write(`${ok ? 'ok    ' : 'FAILED'} ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)\n`);
  if (!ok) {
    failed += 1;
    process.stdout.write(`${run.stdout}${run.stderr}\n`);
  }
}
process.exit(failed === 0 ? 0 : 1);
