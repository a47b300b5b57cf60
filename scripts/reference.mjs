#!/usr/bin/env node
// Writes share/man/crossbook.1 and share/completion/ below a built dist/, made of the commands in it.
// Use: node scripts/reference.mjs dist
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import 'reflect-metadata';

const dist = path.resolve(process.argv[2] ?? 'dist');
const load = (file) => import(pathToFileURL(path.join(dist, file)).href);
// Before the commands are loaded: their texts tell how they are typed.
const { productVersion, spellForPackage } = await load('platform/config/index.js');
spellForPackage();
const { crossbookProgram } = await load('cli/program.js');
const { commandTree } = await load('cli/reference/command-tree.js');
const { completionFor } = await load('cli/reference/completion.js');
const { manPage } = await load('cli/reference/man.js');

const tree = commandTree(crossbookProgram());
const write = (folder, file, text) => {
  mkdirSync(path.join(dist, 'share', folder), { recursive: true });
  writeFileSync(path.join(dist, 'share', folder, file), text);
};
write('man', 'crossbook.1', manPage(tree, productVersion()));
write('completion', 'crossbook.bash', completionFor('bash', tree));
write('completion', '_crossbook', completionFor('zsh', tree));
write('completion', 'crossbook.fish', completionFor('fish', tree));
