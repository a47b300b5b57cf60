import { z } from 'zod';
import { parseTime } from '../platform/validation/index.js';

const MAX_SHOWN = 60;

/**
 * Quotes a value from outside in a message, cut short.
 *
 * @param value - The value.
 * @returns At most some 60 characters.
 */
export function shown(value: unknown): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}

/** A parameter that is given once and not empty, read by `read`; `undefined` from it is a bad value. */
function parameter<T>(expectation: string, read: (text: string) => T | undefined): z.ZodType<T> {
  return z.unknown().transform((value, context): T => {
    const problem = Array.isArray(value)
      ? 'was given more than once; give it once'
      : typeof value !== 'string'
        ? `must be ${expectation}, was ${shown(value)}`
        : null;
    const result = typeof value === 'string' ? read(value) : undefined;
    if (problem === null && result !== undefined) return result;
    context.addIssue({ code: 'custom', message: problem ?? `must be ${expectation}, was ${shown(value)}` });
    return z.NEVER;
  });
}

/** Text of a certain form. */
export const text = (expectation: string, form: RegExp): z.ZodType<string> =>
  parameter(expectation, (value) => (value.length <= 100 && form.test(value) ? value : undefined));

/** One of a few words. */
export const oneOf = <T extends string>(words: readonly T[]): z.ZodType<T> =>
  parameter(`one of ${words.join(', ')}`, (value) => words.find((word) => word === value));

/** A decimal number within bounds. */
export const decimal = (expectation: string, min: number, max: number): z.ZodType<number> =>
  parameter(expectation, (value) => {
    const number = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value) ? Number(value) : NaN;
    return number >= min && number <= max ? number : undefined;
  });

/** A whole number within bounds. */
export const whole = (min: number, max: number): z.ZodType<number> =>
  parameter(`a whole number from ${min} to ${max}`, (value) => {
    const number = /^\d{1,10}$/.test(value) ? Number(value) : NaN;
    return number >= min && number <= max ? number : undefined;
  });

/** A point in time as epoch milliseconds. */
export const time: z.ZodType<number> = parameter(
  'a time as ISO 8601 (2026-11-22T10:00:00Z; without zone it is UTC) or epoch milliseconds',
  parseTime,
);

/** Something that another function reads. */
export const readBy = <T>(expectation: string, read: (value: string) => T | null): z.ZodType<T> =>
  parameter(expectation, (value) => read(value) ?? undefined);
