import { type ErrorTable, textOf } from './error-table.js';

/** https://docs.gemini.com/rest-api/#error-codes */
export const geminiErrors: ErrorTable = {
  codeOf: (answer) => textOf(answer['reason']),
  messageOf: (answer) => textOf(answer['message']),
  codes: {
    InvalidApiKey: 'revoked',
    InvalidSignature: 'wrong_secret',
    MissingRole: 'missing_permission',
    // A nonce below the last one: a clock that was set back, or another program that counts ahead of it.
    InvalidNonce: 'clock_skew',
    RateLimit: 'rate_limited',
    RateLimited: 'rate_limited',
    Maintenance: 'exchange_down',
    System: 'exchange_down',
  },
  remarks: {
    InvalidApiKey: 'gemini names no refusal of an address in its documents: it may look like this one',
    InvalidSignature: 'gemini has answered so to unknown keys as well',
    InvalidNonce: 'this key may be in use by another program too: each needs a key of its own',
  },
};
