import type { z } from 'zod';
import { describeIssues } from '../validation/index.js';
import { ProblemError } from './problem.error.js';

function parsed<T extends z.ZodObject>(schema: T, raw: unknown, code: string): z.infer<T> {
  const result = schema.safeParse(raw);
  if (result.success) return result.data;
  const problems = describeIssues(result.error, raw, Object.keys(schema.shape));
  const field = problems[0]?.field ?? '';
  throw new ProblemError(400, code, problems.map((p) => p.message).join('; '), field === '' ? null : field);
}

/**
 * Checks the query of a request.
 *
 * @param schema - What is allowed; a `strictObject`, so that a mistyped name is an error and not a wider answer.
 * @param query - The query as the framework parsed it.
 * @returns The checked values.
 * @throws {ProblemError} 400 `bad_query` naming the first offending field, and every problem in its text.
 */
export function parseQuery<T extends z.ZodObject>(schema: T, query: unknown): z.infer<T> {
  return parsed(schema, query, 'bad_query');
}

/**
 * Checks the JSON body of a request.
 *
 * @param schema - What is allowed.
 * @param body - The body as parsed; anything but an object is refused.
 * @returns The checked values.
 * @throws {ProblemError} 400 `bad_body` naming the first offending field.
 */
export function parseBody<T extends z.ZodObject>(schema: T, body: unknown): z.infer<T> {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new ProblemError(400, 'bad_body', 'the body must be a JSON object sent as content-type application/json');
  }
  return parsed(schema, body, 'bad_body');
}
