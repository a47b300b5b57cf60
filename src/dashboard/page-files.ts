import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { StartupError } from '../platform/config/index.js';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
};
/** Compressed at the build, the smallest first. */
const ENCODINGS = [
  { name: 'br', suffix: '.br' },
  { name: 'gzip', suffix: '.gz' },
] as const;

/** How a body is sent: `br`, `gzip`, or as it is. */
export type Encoding = (typeof ENCODINGS)[number]['name'];

/** One file of the page with all the forms in which it can be sent. */
export interface PageFile {
  readonly type: string;
  /** Whether its name changes with its content, so that a browser may keep it for good. */
  readonly isImmutable: boolean;
  readonly plain: Buffer;
  /** In the order of preference. */
  readonly compressed: readonly { readonly encoding: Encoding; readonly body: Buffer }[];
}

function readPageFile(directory: string, name: string): PageFile {
  const file = path.join(directory, name);
  return {
    type: TYPES[path.extname(name)] ?? 'application/octet-stream',
    isImmutable: name.startsWith('assets/'),
    plain: readFileSync(file),
    compressed: ENCODINGS.flatMap(({ name: encoding, suffix }) =>
      existsSync(file + suffix) ? [{ encoding, body: readFileSync(file + suffix) }] : [],
    ),
  };
}

/**
 * Reads the built page whole: it is small, and what is asked for by a stranger then never becomes a path on the disk.
 *
 * @param directory - Where the build put it.
 * @returns Each file by its path in a URL, `/index.html` among them.
 * @throws {StartupError} If there is no page.
 */
export function readPage(directory: string): ReadonlyMap<string, PageFile> {
  if (!existsSync(path.join(directory, 'index.html'))) {
    throw new StartupError(
      `the dashboard is missing in ${directory}; install the package anew, or run npm run build in a clone`,
    );
  }
  const names = readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !ENCODINGS.some(({ suffix }) => entry.name.endsWith(suffix)))
    .map((entry) => path.relative(directory, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'));
  return new Map(names.map((name) => [`/${name}`, readPageFile(directory, name)]));
}
