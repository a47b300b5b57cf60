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
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { swcOptions } from './swc-options.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const sourceRoot = path.join(root, 'src');
const webRoot = path.join(root, 'web');
const dist = path.join(root, 'dist');
/** Below this a compressed answer is not smaller by as much as its headers. */
const COMPRESS_FROM_BYTES = 1_024;

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

/** Writes the types of what other programs import; their compiler reads them, ours does not. */
function declareClient(into) {
  const options = ['--declaration', '--emitDeclarationOnly', '--noEmit', 'false', '--rootDir', 'src', '--outDir', into];
  const given = [
    ...options,
    '--target',
    'ES2023',
    '--module',
    'nodenext',
    '--strict',
    '--skipLibCheck',
    '--types',
    'node',
  ];
  const tsc = path.join(root, 'node_modules/typescript/bin/tsc');
  const { status, stdout } = spawnSync(process.execPath, [tsc, '--ignoreConfig', 'src/client/index.ts', ...given], {
    cwd: root,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stdout);
}

/** Every file below a directory, in a stable order. */
function filesBelow(dir) {
  return readdirSync(dir, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const file = path.join(dir, entry.name);
      return entry.isDirectory() ? filesBelow(file) : [file];
    });
}

/** Bundles the dashboard, with each file compressed once here rather than at every request. */
async function bundleWeb(into) {
  // Asked for only when something is built: it takes longer to load than a start has.
  const [{ build: bundle }, { default: config }] = await Promise.all([
    import('vite'),
    import('../web/vite.config.mjs'),
  ]);
  await bundle({ ...config, build: { ...config.build, outDir: into } });
  for (const file of filesBelow(into)) {
    const bytes = readFileSync(file);
    if (bytes.length < COMPRESS_FROM_BYTES || !/\.(html|js|css|svg)$/.test(file)) continue;
    writeFileSync(`${file}.gz`, gzipSync(bytes, { level: 9 }));
    const params = { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
    writeFileSync(`${file}.br`, brotliCompressSync(bytes, { params }));
  }
}

/** Writes the man page and the completions of the shells, out of the commands that were just built. */
function describeCommands(into) {
  const { status, stderr } = spawnSync(process.execPath, ['scripts/reference.mjs', into], {
    cwd: root,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
}

/** Builds when needed. Exits the process with status 1 and the compiler's words when a file cannot be compiled. */
export async function build() {
  const generate = spawnSync(process.execPath, ['scripts/prisma.mjs', 'generate'], { cwd: root, stdio: 'inherit' });
  if (generate.status !== 0) process.exit(generate.status ?? 1);

  const files = sources(sourceRoot);
  const others = ['package-lock.json', 'scripts/build.mjs', 'scripts/reference.mjs', 'scripts/swc-options.mjs'].map(
    (f) => path.join(root, f),
  );
  const hash = createHash('sha256');
  for (const file of [...files, ...filesBelow(webRoot), ...others]) {
    hash.update(file).update(readFileSync(file));
  }
  const digest = hash.digest('hex');
  const stamp = path.join(dist, '.stamp');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return;

  process.stderr.write('crossbook: building …\n');
  // Built beside and moved at the end, so that a failed or stopped build leaves no half of one.
  const draft = mkdtempSync(path.join(root, '.dist-'));
  try {
    declareClient(draft);
    await Promise.all([...files.map((file) => transpile(file, draft)), bundleWeb(path.join(draft, 'web'))]);
    describeCommands(draft);
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
