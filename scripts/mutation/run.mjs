#!/usr/bin/env node
// Mutation tests of the core, `npm run test:mutation [-- FOLDER …]`: each change that Stryker makes to a rule should fail a
// spec. A folder of src/core is held to its own specs alone. Prints what survived, and fails below the bound.
import { Stryker } from '@stryker-mutator/core';
import { readdirSync } from 'node:fs';
import path from 'node:path';

/** Least share of changes that a spec finds, in percent. */
const BOUND = 85;
const all = readdirSync('src/core').filter((name) =>
  readdirSync(path.join('src/core', name)).some((file) => file.endsWith('.spec.ts')),
);
const wanted = process.argv.length > 2 ? process.argv.slice(2) : all;
const unknown = wanted.filter((folder) => !all.includes(folder));
if (unknown.length > 0) {
  console.error(`src/core has no specs in ${unknown.join(', ')}; it has some in ${all.join(', ')}`);
  process.exit(1);
}

const optionsFor = (folder) => ({
  testRunner: 'core-specs',
  plugins: [path.join(import.meta.dirname, 'runner.mjs')],
  specsOf: folder,
  coverageAnalysis: 'perTest',
  mutate: [`src/core/${folder}/*.ts`, '!**/*{.spec,-rig}.ts'],
  ignorePatterns: [
    'bench',
    'dist',
    'docs',
    'prisma',
    'src/{capture,cli,exchanges,feed,history,keys,platform,simulator}',
  ],
  reporters: [],
  logLevel: 'error',
  warnings: false,
  concurrency: 1,
  timeoutMS: 5_000,
  thresholds: { high: 100, low: 90, break: null },
});

const countsOf = (results) => {
  const of = (...states) => results.filter(({ status }) => states.includes(status)).length;
  const found = of('Killed', 'Timeout');
  const missed = of('Survived', 'NoCoverage');
  return { found, missed, failed: of('RuntimeError'), score: Number(((100 * found) / (found + missed)).toFixed(1)) };
};

const table = {};
const results = [];
for (const folder of wanted) {
  process.stderr.write(`${folder} …\n`);
  const ofFolder = await new Stryker(optionsFor(folder)).runMutationTest();
  results.push(...ofFolder);
  for (const { status, fileName, location, mutatorName, replacement } of ofFolder) {
    if (status !== 'Survived' && status !== 'NoCoverage') continue;
    const { line, column } = location.start;
    const file = fileName.slice(fileName.indexOf('src/core/'));
    console.log(`${file}:${line}:${column} ${status} ${mutatorName} ${JSON.stringify(replacement)}`);
  }
  table[folder] = countsOf(ofFolder);
}
table['all'] = countsOf(results);
console.table(table);
process.exitCode = table['all'].score >= BOUND ? 0 : 1;
