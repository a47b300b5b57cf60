import { brokenRule } from '../validation/index.js';
import { SettingsError, fromText, place } from './load-settings.js';
import { settingLeaves } from './setting-leaves.js';
import { type Settings, settingsSchema } from './settings.schema.js';

const detectionSchema = settingsSchema.shape.detection;
const GROUP = 'detection';

/**
 * Lays assignments over recorded settings of detection, to ask what would have been.
 *
 * @param recorded - Settings as a capture holds them; what it does not name takes its default.
 * @param assignments - Texts `detection.NAME=VALUE`, read as environment variables are; a later one wins.
 * @returns The settings, whole and valid.
 * @throws {SettingsError} With every problem at once.
 */
export function whatIf(recorded: unknown, assignments: readonly string[]): Settings['detection'] {
  const raw = structuredClone(recorded) as Record<string, unknown>;
  const problems = assignments.flatMap((assignment) => assign(raw, assignment) ?? []);
  const parsed = detectionSchema.safeParse(raw);
  if (!parsed.success) {
    for (const issue of parsed.error.issues) {
      const at = [GROUP, ...issue.path.map(String)].join('.');
      if (issue.code === 'unrecognized_keys') {
        for (const key of issue.keys) problems.push(`${at}.${key}: no such setting in this version`);
      } else {
        problems.push(`${at}: ${brokenRule(issue)}; it was ${JSON.stringify(valueAt(raw, issue.path))}`);
      }
    }
  }
  if (problems.length > 0 || !parsed.success) throw new SettingsError(problems);
  return parsed.data;
}

/** Sets one value; says what is wrong with the assignment. */
function assign(raw: Record<string, unknown>, assignment: string): string | null {
  const at = assignment.indexOf('=');
  const name = at < 0 ? assignment : assignment.slice(0, at);
  const leaves = settingLeaves().filter(({ path }) => path[0] === GROUP);
  const leaf = leaves.find(({ path }) => path.join('.') === name);
  if (at < 0) return `--set ${assignment}: must be NAME=VALUE, such as detection.minNetBps=8`;
  if (!leaf) return `${name}: no such setting; known are ${leaves.map(({ path }) => path.join('.')).join(', ')}`;
  place(raw, leaf.path.slice(1), fromText(leaf.kind, assignment.slice(at + 1)));
  return null;
}

function valueAt(raw: unknown, at: readonly PropertyKey[]): unknown {
  return at.reduce<unknown>((value, part) => (value as Record<PropertyKey, unknown> | undefined)?.[part], raw);
}
