import { type ErrorTable, textOf } from './error-table.js';

/** https://www.gate.com/docs/developers/apiv4/en/#label-list */
export const gateErrors: ErrorTable = {
  codeOf: (answer) => textOf(answer['label']),
  messageOf: (answer) => textOf(answer['message'] ?? answer['detail']),
  codes: {
    INVALID_KEY: 'revoked',
    INVALID_CREDENTIALS: 'revoked',
    AUTHENTICATION_FAILED: 'revoked',
    INVALID_SIGNATURE: 'wrong_secret',
    IP_FORBIDDEN: 'ip_refused',
    FORBIDDEN: 'missing_permission',
    READ_ONLY: 'missing_permission',
    REQUEST_EXPIRED: 'clock_skew',
    TOO_MANY_REQUESTS: 'rate_limited',
    TOO_FAST: 'rate_limited',
    ACCOUNT_LOCKED: 'suspended',
    SUB_ACCOUNT_LOCKED: 'suspended',
    INTERNAL: 'exchange_down',
    SERVER_ERROR: 'exchange_down',
    TOO_BUSY: 'exchange_down',
  },
  remarks: {
    INVALID_KEY: 'gate ends a key that is bound to no address after 90 days',
  },
};
