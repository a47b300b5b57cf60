import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse as parseYaml } from 'yaml';
import type { z } from 'zod';
import { brokenRule } from '../validation/index.js';
import { accessProblems } from './access-problems.js';
import { clusterProblems } from './cluster-problems.js';
import { environmentName, type SettingLeaf, settingLeaves } from './setting-leaves.js';
import { type Settings, settingsSchema } from './settings.schema.js';

/** Every invalid setting at once, each with its value, where it came from and the remedy. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';

  constructor(readonly problems: readonly string[]) {
    super(`${problems.length === 1 ? 'a setting is' : `${problems.length} settings are`} invalid`);
  }
}

type Raw = Record<string, unknown>;
type Environment = Readonly<Record<string, string | undefined>>;

/** Variables with our prefix that are no settings: they say where settings are, or serve tests. */
const NO_SETTINGS = new Set(['CROSSBOOK_CONFIG', 'CROSSBOOK_RECORDINGS', 'CROSSBOOK_TOKEN', 'CROSSBOOK_URL']);
const SECRET_SETTINGS = new Set(['masterKey', 'masterPassphrase', 'databaseUrl']);

/** Reads the text of a variable as its setting wants it; what cannot be read stays text, for the schema to refuse. */
export function fromText(kind: SettingLeaf['kind'], text: string): unknown {
  if (kind === 'number') return text.trim() === '' || Number.isNaN(Number(text)) ? text : Number(text);
  if (kind === 'boolean') return text === 'true' ? true : text === 'false' ? false : text;
  if (kind === 'list')
    return text
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== '');
  return kind === 'json' ? fromJson(text) : text;
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text; // The schema says that it wants a list.
  }
}

/** Puts a value where its path leads, making groups on the way. */
export function place(into: Raw, at: readonly string[], value: unknown): void {
  const [head = '', ...rest] = at;
  if (rest.length === 0) {
    into[head] = value;
    return;
  }
  const next = into[head];
  const child: Raw = typeof next === 'object' && next !== null && !Array.isArray(next) ? (next as Raw) : {};
  into[head] = child;
  place(child, rest, value);
}

function readFile(environment: Environment, directory: string): { raw: Raw; file: string | null; problems: string[] } {
  const named = environment['CROSSBOOK_CONFIG'];
  const file = path.resolve(directory, named ?? 'crossbook.yaml');
  if (!existsSync(file)) {
    const problems =
      named === undefined ? [] : [`CROSSBOOK_CONFIG: ${file} does not exist; name an existing file or unset it`];
    return { raw: {}, file: null, problems };
  }
  try {
    // Warnings of the parser would go to standard error by themselves, and repeat lines of the file.
    const parsed: unknown = parseYaml(readFileSync(file, 'utf8'), { logLevel: 'error' }) ?? {};
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
      return { raw: {}, file, problems: [`${file}: must hold settings as "name: value" lines`] };
    }
    return { raw: parsed as Raw, file, problems: [] };
  } catch (error) {
    // After its first line the parser's message repeats the file, where a secret may stand.
    const what = (error as Error).message.split('\n', 1)[0]?.replace(/:$/, '') ?? '';
    return { raw: {}, file, problems: [`${file}: cannot be read: ${what}`] };
  }
}

/** Secrets of targets belong into the vault; one that stands here by mistake is not repeated. */
function mayHoldSecret(at: readonly string[], value: unknown): boolean {
  if (at[0] !== 'alerts') return false;
  return at[1] !== 'rules' && (typeof value === 'object' || /^(url|baseUrl|targets)$/.test(at.at(-1) ?? ''));
}

function shown(at: readonly string[], value: unknown): string {
  if (SECRET_SETTINGS.has(at[0] ?? '') || mayHoldSecret(at, value)) return '[redacted]';
  return value === undefined ? 'nothing' : JSON.stringify(value);
}

function valueAt(raw: unknown, at: readonly PropertyKey[]): unknown {
  return at.reduce<unknown>((value, part) => (value as Record<PropertyKey, unknown> | undefined)?.[part], raw);
}

function describeIssue(issue: z.core.$ZodIssue, raw: Raw, known: ReadonlySet<string>, source: string): string[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const name = [...issue.path.map(String), key].join('.');
      return `${name}: no such setting${source}; remove it, or see crossbook.example.yaml for the names`;
    });
  }
  const at = issue.path.map(String);
  const name = at.join('.');
  const leaf = at.filter((part) => !/^\d+$/.test(part));
  const variable = known.has(leaf.join('.')) ? ` (${environmentName(leaf)})` : '';
  return [`${name}${variable}: ${brokenRule(issue)}; it was ${shown(at, valueAt(raw, issue.path))}`];
}

/** Lays the variables over the file; returns the names that are no settings. */
function applyEnvironment(raw: Raw, environment: Environment, leaves: readonly SettingLeaf[]): string[] {
  const byVariable = new Map(leaves.map((leaf) => [environmentName(leaf.path), leaf]));
  const problems: string[] = [];
  for (const [name, text] of Object.entries(environment)) {
    if (!name.startsWith('CROSSBOOK_') || text === undefined || NO_SETTINGS.has(name)) continue;
    const leaf = byVariable.get(name);
    if (leaf) place(raw, leaf.path, fromText(leaf.kind, text));
    else problems.push(`${name}: no such setting; unset it, or see .env.example for the names`);
  }
  return problems;
}

/** Names of files as those of the directory where they are looked for. */
function within<T extends object>(directory: string, group: T, names: readonly (keyof T)[]): T {
  const found = names.filter((name) => group[name] !== undefined);
  return { ...group, ...Object.fromEntries(found.map((name) => [name, path.resolve(directory, String(group[name]))])) };
}

/**
 * Reads the settings: environment over file over default.
 *
 * @param environment - Environment variables.
 * @param directory - Where `crossbook.yaml` is looked for and relative paths begin.
 * @param overrides - Values that win over both, from a command line.
 * @returns The effective settings, whole and valid.
 * @throws {SettingsError} With every problem at once.
 */
export function loadSettings(environment: Environment, directory: string, overrides: Raw = {}): Settings {
  const leaves = settingLeaves();
  const { raw, file, problems } = readFile(environment, directory);
  problems.push(...applyEnvironment(raw, environment, leaves));
  Object.assign(raw, overrides);

  const parsed = settingsSchema.safeParse(raw);
  const known = new Set(leaves.map((leaf) => leaf.path.join('.')));
  const source = file ? ` (in ${file})` : '';
  if (!parsed.success)
    problems.push(...parsed.error.issues.flatMap((issue) => describeIssue(issue, raw, known, source)));
  problems.push(...accessProblems(raw), ...clusterProblems(raw));
  if (raw['masterKey'] !== undefined && raw['masterKeyFile'] !== undefined) {
    problems.push('masterKey, masterKeyFile: both are set; keep one of them');
  }
  if (problems.length > 0 || !parsed.success) throw new SettingsError(problems);
  return {
    ...parsed.data,
    dataDir: path.resolve(directory, parsed.data.dataDir),
    tls: within(directory, parsed.data.tls, ['cert', 'key']),
    nats: within(directory, parsed.data.nats, ['seedFile', 'ca', 'cert', 'key']),
  };
}
