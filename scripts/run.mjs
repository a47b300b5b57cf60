#!/usr/bin/env node
// Builds when needed, then runs one program of dist/ in this same process, so that signals reach it directly.
// Use: node scripts/run.mjs main.js [arguments] | --script bench/ingest.mjs [arguments]
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from './build.mjs';

await build();
const args = process.argv.slice(2);
const [entry, rest] =
  args[0] === '--script' ? [path.resolve(args[1]), args.slice(2)] : [path.resolve('dist', args[0]), args.slice(1)];
process.argv = [process.argv[0], entry, ...rest];
await import(pathToFileURL(entry).href);
