import { z } from 'zod';
import { USE_KINDS } from '../accounts/account-registry.js';
import { KEYED_EXCHANGES } from '../world/listings.js';

const account = z.enum(KEYED_EXCHANGES);

const ipList = z.array(z.union([z.ipv4(), z.ipv6()])).max(30);
const expiresAtMs = z.number().positive().nullable();

/** Body of `POST /__sim/keys`. */
export const KEY_BODY = z.strictObject({
  exchange: account,
  scopes: z.strictObject({
    read: z.boolean().default(true),
    trade: z.boolean().default(false),
    withdraw: z.boolean().default(false),
    transfer: z.boolean().default(false),
  }),
  ipList: ipList.default([]),
  label: z.string().min(1).max(100).default('crossbook'),
  expiresAtMs: expiresAtMs.default(null),
});

/** Body of `POST /__sim/keys/revoke`. */
export const REVOKE_BODY = z.strictObject({ exchange: account, apiKey: z.string().min(1) });

/** Body of `POST /__sim/keys/change`: what is left out stays. */
export const CHANGE_BODY = z.strictObject({
  exchange: account,
  apiKey: z.string().min(1),
  scopes: z
    .strictObject({ read: z.boolean(), trade: z.boolean(), withdraw: z.boolean(), transfer: z.boolean() })
    .partial()
    .optional(),
  ipList: ipList.optional(),
  expiresAtMs: expiresAtMs.optional(),
});

/** Body of `POST /__sim/keys/use`. */
export const USE_BODY = z.strictObject({
  exchange: account,
  apiKey: z.string().min(1),
  kind: z.enum(USE_KINDS).default('call'),
});
