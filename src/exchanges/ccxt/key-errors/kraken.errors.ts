import type { ErrorTable } from './error-table.js';

const CODES = {
  'EAPI:Invalid key': 'revoked',
  'EAPI:Invalid signature': 'wrong_secret',
  'EGeneral:Permission denied': 'missing_permission',
  'EAPI:Invalid nonce': 'clock_skew',
  'EAPI:Rate limit exceeded': 'rate_limited',
  'EGeneral:Temporary lockout': 'rate_limited',
  'EService:Unavailable': 'exchange_down',
  'EService:Busy': 'exchange_down',
  'EService:Timeout': 'exchange_down',
  'EGeneral:Internal error': 'exchange_down',
  'ETrade:User Locked': 'suspended',
  'EAPI:Feature disabled': 'missing_permission',
} as const;

function firstError(answer: Readonly<Record<string, unknown>>): string | null {
  const errors = answer['error'];
  const first: unknown = Array.isArray(errors) ? errors[0] : undefined;
  return typeof first === 'string' ? first : null;
}

/** https://docs.kraken.com/api/docs/guides/spot-errors */
export const krakenErrors: ErrorTable = {
  // Some errors carry a detail after a second colon; the code is what stands before it.
  codeOf: (answer) => firstError(answer)?.split(':', 2).join(':') ?? null,
  messageOf: firstError,
  codes: CODES,
};
