/** Says what is wrong with a value found at `at`; null where nothing is. */
export type Check = (value: unknown, at: string) => string | null;

/** Checks by field name. */
export type Shape = Readonly<Record<string, Check>>;

function only(isRight: (value: unknown) => boolean, what: string): Check {
  return (value, at) => (isRight(value) ? null : `${at} must be ${what}`);
}

/** A finite number. */
export const number = only((value) => typeof value === 'number' && Number.isFinite(value), 'a number');

/** A text, empty or not. */
export const text = only((value) => typeof value === 'string', 'a text');

/** True or false. */
export const flag = only((value) => typeof value === 'boolean', 'true or false');

/**
 * Makes a check that null passes too.
 *
 * @param check - What all else must pass.
 * @returns The check.
 */
export function orNull(check: Check): Check {
  return (value, at) => (value === null ? null : check(value, at));
}

/**
 * Makes a check that an absent value passes too.
 *
 * @param check - What all else must pass.
 * @returns The check.
 */
export function orAbsent(check: Check): Check {
  return (value, at) => (value === undefined ? null : check(value, at));
}

/**
 * Makes a check of one word out of a list.
 *
 * @param words - The words.
 * @returns The check.
 */
export function oneOf(...words: readonly (string | number)[]): Check {
  return (value, at) =>
    words.includes(value as string | number) ? null : `${at} must be ${words.map((word) => `"${word}"`).join(' or ')}`;
}

/**
 * Makes a check of every item of a list.
 *
 * @param check - What each item must pass.
 * @returns The check.
 */
export function listOf(check: Check): Check {
  return (value, at) => {
    if (!Array.isArray(value)) return `${at} must be a list`;
    for (let index = 0; index < value.length; index++) {
      const problem = check(value[index], `${at}[${index}]`);
      if (problem !== null) return problem;
    }
    return null;
  };
}

/**
 * Makes a check of an object by its fields; fields beyond them are not looked at.
 *
 * @param shape - The fields.
 * @returns The check.
 */
export function object(shape: Shape): Check {
  const fields = Object.entries(shape);
  return (value, at) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return `${at || 'it'} must be an object`;
    for (const [name, check] of fields) {
      const problem = check((value as Record<string, unknown>)[name], at === '' ? name : `${at}.${name}`);
      if (problem !== null) return problem;
    }
    return null;
  };
}
