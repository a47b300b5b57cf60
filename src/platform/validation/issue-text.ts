import type { z } from 'zod';

/** The longest piece of a value that an error message repeats. */
const SHOWN_CHARACTERS = 80;

/** A broken rule: which field, and what is wrong with it in words. */
export interface FieldProblem {
  readonly field: string;
  readonly message: string;
}

function asJson(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    // What a stranger sent may be nested too deeply for the stack; to say what is wrong with it must not fail.
    return undefined;
  }
}

/** Renders a value for an error message, cut to a bounded length; never fails, whatever the value. */
export function shownValue(value: unknown): string {
  const text = value === undefined ? 'nothing' : asJson(value);
  if (text === undefined) return typeof value;
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
}

function fieldName(path: readonly PropertyKey[]): string {
  return path
    .map((part, i) => (typeof part === 'number' ? `[${part}]` : `${i > 0 ? '.' : ''}${String(part)}`))
    .join('');
}

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, part) => (value as Record<PropertyKey, unknown> | null | undefined)?.[part],
    root,
  );
}

const TYPES: Readonly<Record<string, string>> = {
  int: 'a whole number',
  boolean: 'true or false',
  nonoptional: 'given',
};

function typeText(expected: string): string {
  return TYPES[expected] ?? (/^[aeiou]/.test(expected) ? `an ${expected}` : `a ${expected}`);
}

function unitOf(origin: string, count: number | bigint): string {
  if (origin === 'string') return `${count} characters`;
  return origin === 'array' || origin === 'set' ? `${count} ${count === 1 ? 'item' : 'items'}` : `${count}`;
}

function boundText(least: boolean, issue: z.core.$ZodIssueTooSmall | z.core.$ZodIssueTooBig): string {
  const bound = issue.code === 'too_small' ? issue.minimum : issue.maximum;
  const verb = issue.origin === 'array' || issue.origin === 'string' ? 'hold' : 'be';
  if (issue.inclusive === false) return `must be ${least ? 'more' : 'less'} than ${bound}`;
  return `must ${verb} at ${least ? 'least' : 'most'} ${unitOf(issue.origin, bound)}`;
}

/** The rule that was broken, as the end of a sentence: `must be a number`. */
export function brokenRule(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${typeText(issue.expected)}`;
    case 'too_small':
      return boundText(true, issue);
    case 'too_big':
      return boundText(false, issue);
    case 'invalid_value':
      return `must be ${issue.values.map((value) => JSON.stringify(value)).join(' or ')}`;
    default:
      return issue.message;
  }
}

/**
 * Turns what a zod schema found into sentences that name the field, the rule and the value that was given.
 *
 * @param error - What zod found.
 * @param raw - The value that was parsed.
 * @param known - The field names that exist on the top level, told when there is an unknown one.
 * @returns One problem per broken rule, never none.
 */
export function describeIssues(error: z.core.$ZodError, raw: unknown, known: readonly string[]): FieldProblem[] {
  return error.issues.flatMap((issue): FieldProblem[] => {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => {
        const field = fieldName([...issue.path, key]);
        const hint = issue.path.length === 0 ? `; known are ${known.join(', ')}` : '';
        return { field, message: `${field} is not known here${hint}` };
      });
    }
    const field = fieldName(issue.path);
    const subject = field === '' ? 'it' : field;
    return [{ field, message: `${subject} ${brokenRule(issue)}, was ${shownValue(valueAt(raw, issue.path))}` }];
  });
}
