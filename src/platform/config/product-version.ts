import { readFileSync } from 'node:fs';
import path from 'node:path';

/** The version of this product, from the package it came in. */
export function productVersion(): string {
  const file = path.resolve(import.meta.dirname, '../../../package.json');
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string };
  return version;
}
