import { z } from 'zod';
import { ADMIN_NAME, SCOPES } from '../auth/index.js';

/** The longest life of a token that expires, days. */
const MAX_DAYS = 3_650;
const DAY_MS = 86_400_000;

/** What a new token is to be. */
export const tokenInput = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/i, 'must be 1 to 64 letters, digits, ".", "_" or "-", such as "grafana"')
    .refine(
      (name) => !['rest', 'service', ADMIN_NAME].includes(name.toLowerCase()),
      `must not be "${ADMIN_NAME}", "rest" or "service": the audit knows others by these names`,
    ),
  scopes: z.array(z.enum(SCOPES)).min(1).max(SCOPES.length),
  /** Life from now on; null for one that does not expire. */
  expiresInMs: z
    .int()
    .min(1_000)
    .max(MAX_DAYS * DAY_MS)
    .nullable()
    .default(null),
});

/** What a new token is to be, checked. */
export type TokenInput = z.infer<typeof tokenInput>;
