import type { z } from 'zod';
import { ProblemError } from '../platform/http/index.js';

/**
 * Reads a body that holds secrets: unlike `parseBody`, what it says of a fault names the field and never the value.
 *
 * @param whole - What to say when the input as a whole is no object.
 * @throws {ProblemError} 400 with every problem and the first offending field.
 */
export function parseInput<T>(schema: z.ZodType<T>, input: unknown, whole: string): T {
  const parsed = schema.safeParse(input ?? {});
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => describe(issue, whole));
  const field = problems.find((problem) => problem.field !== null)?.field ?? null;
  throw new ProblemError(400, 'bad_body', problems.map(({ text }) => text).join('; '), field);
}

function describe(issue: z.core.$ZodIssue, whole: string): { field: string | null; text: string } {
  if (issue.code === 'unrecognized_keys') {
    const [first = null] = issue.keys;
    return { field: first, text: issue.keys.map((key) => `${key} is no known field; remove it`).join('; ') };
  }
  const [head] = issue.path;
  if (head === undefined) return { field: null, text: whole };
  return { field: issue.path.join('.'), text: issue.message };
}
