#!/usr/bin/env node
// Writes npm-shrinkwrap.json for the package, out of package-lock.json: whoever installs it gets the dependencies that were
// tested here, with their checksums, those of development left out. With --remove it takes the file away again, since npm
// would read it in a clone in the place of package-lock.json.
// Use: npm calls it before and after it packs.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const target = path.join(root, 'npm-shrinkwrap.json');

if (process.argv.includes('--remove')) rmSync(target, { force: true });
else {
  const lock = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8'));
  const kept = Object.entries(lock.packages).filter(([, entry]) => entry.dev !== true);
  const packages = Object.fromEntries(kept);
  delete packages[''].devDependencies;
  writeFileSync(target, `${JSON.stringify({ ...lock, packages }, null, 2)}\n`);
}
