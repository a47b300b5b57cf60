#!/usr/bin/env node
// Builds dist/ when a source changed since the last build, and says so; otherwise does nothing.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** Every file that decides what dist/ contains, in a stable order. */
function sources(dir) {
  return readdirSync(dir, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const file = path.join(dir, entry.name);
      if (entry.isDirectory()) return entry.name === 'generated' ? [] : sources(file);
      return entry.name.endsWith('.spec.ts') ? [] : [file];
    });
}

/** Builds when needed. Exits the process with the compiler's status when the build fails. */
export function build() {
  const files = [
    ...sources(path.join(root, 'src')),
    ...['package-lock.json', 'tsconfig.json', 'tsconfig.build.json', 'nest-cli.json', 'prisma/schema.prisma'].map((f) =>
      path.join(root, f),
    ),
  ];
  const hash = createHash('sha256');
  for (const file of files) hash.update(file).update(readFileSync(file));
  const digest = hash.digest('hex');
  const stamp = path.join(root, 'dist/.stamp');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return;

  const step = (args, options) => {
    const run = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8', ...options });
    if (run.status !== 0) {
      process.stderr.write(`${run.stdout ?? ''}${run.stderr ?? ''}`);
      process.exit(run.status ?? 1);
    }
  };
  step(['scripts/prisma.mjs', 'generate'], { stdio: 'inherit' });
  process.stderr.write('crossbook: building …\n');
  step(['--no-warnings', 'node_modules/@nestjs/cli/bin/nest.js', 'build']);
  writeFileSync(stamp, digest);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) build();
