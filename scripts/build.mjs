#!/usr/bin/env node
// Builds dist/ when a source changed since the last build, and says so; otherwise does nothing.
import { transformFile } from '@swc/core';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { swcOptions } from './swc-options.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const sourceRoot = path.join(root, 'src');
const dist = path.join(root, 'dist');

/** Every TypeScript file that becomes a part of dist/, in a stable order; tests do not. */
function sources(dir) {
  return readdirSync(dir, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const file = path.join(dir, entry.name);
      if (entry.isDirectory()) return sources(file);
      return /(?<!\.spec|-rig)\.ts$/.test(entry.name) ? [file] : [];
    });
}

async function transpile(file, into) {
  const { code, map } = await transformFile(file, { ...swcOptions, sourceMaps: true });
  const target = path.join(into, path.relative(sourceRoot, file)).replace(/\.ts$/, '.js');
  mkdirSync(path.dirname(target), { recursive: true });
  writeFileSync(target, `${code}\n//# sourceMappingURL=${path.basename(target)}.map\n`);
  writeFileSync(`${target}.map`, map);
}

/** Builds when needed. Exits the process with status 1 and the compiler's words when a file cannot be compiled. */
export async function build() {
  const generate = spawnSync(process.execPath, ['scripts/prisma.mjs', 'generate'], { cwd: root, stdio: 'inherit' });
  if (generate.status !== 0) process.exit(generate.status ?? 1);

  const files = sources(sourceRoot);
  const hash = createHash('sha256');
  for (const file of [...files, ...['package-lock.json', 'scripts/swc-options.mjs'].map((f) => path.join(root, f))]) {
    hash.update(file).update(readFileSync(file));
  }
  const digest = hash.digest('hex');
  const stamp = path.join(dist, '.stamp');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return;

  process.stderr.write('crossbook: building …\n');
  // Built beside and moved at the end, so that a failed or stopped build leaves no half of one.
  const draft = mkdtempSync(path.join(root, '.dist-'));
  try {
    await Promise.all(files.map((file) => transpile(file, draft)));
    writeFileSync(path.join(draft, '.stamp'), digest);
    rmSync(dist, { recursive: true, force: true });
    renameSync(draft, dist);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await build();
