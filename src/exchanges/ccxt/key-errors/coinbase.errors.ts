import { type ErrorTable, textOf } from './error-table.js';

/** What is said of every refused token, whatever is wrong with it: a text, no JSON. */
const UNAUTHORIZED = /\b401 Unauthorized\s*(.*)$/s;
const AMBIGUOUS =
  'coinbase answers the same to a deleted key, a wrong secret, an address that is not allowed and a clock that is wrong';

function firstError(answer: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const errors = answer['errors'];
  const first: unknown = Array.isArray(errors) ? errors[0] : undefined;
  return typeof first === 'object' && first !== null ? (first as Readonly<Record<string, unknown>>) : {};
}

/**
 * https://docs.cdp.coinbase.com/coinbase-app/api-architecture/error-messages; the newer endpoints answer with gRPC's
 * names instead (https://docs.cdp.coinbase.com/api-reference/advanced-trade-api/rest-api/data-api/get-api-key-permissions).
 */
export const coinbaseErrors: ErrorTable = {
  codeOf: (answer) => textOf(answer['error'] ?? firstError(answer)['id']),
  messageOf: (answer) =>
    textOf(
      answer['error_details'] ?? answer['error_description'] ?? answer['message'] ?? firstError(answer)['message'],
    ),
  plain: (message) => {
    const words = UNAUTHORIZED.exec(message)?.[1];
    return words === undefined ? null : { rawCode: '401', words: words.trim() || 'Unauthorized' };
  },
  codes: {
    '401': 'revoked',
    UNAUTHENTICATED: 'revoked',
    unauthorized: 'revoked',
    authentication_error: 'revoked',
    invalid_token: 'revoked',
    revoked_token: 'revoked',
    invalid_authentication_method: 'suspended',
    expired_token: 'expired',
    PERMISSION_DENIED: 'missing_permission',
    invalid_scope: 'missing_permission',
    RESOURCE_EXHAUSTED: 'rate_limited',
    rate_limit_exceeded: 'rate_limited',
    resource_exhausted: 'rate_limited',
    UNAVAILABLE: 'exchange_down',
    INTERNAL: 'exchange_down',
    internal_server_error: 'exchange_down',
    service_unavailable: 'exchange_down',
  },
  remarks: { '401': AMBIGUOUS, UNAUTHENTICATED: AMBIGUOUS, unauthorized: AMBIGUOUS, authentication_error: AMBIGUOUS },
};
