import { type ErrorTable, objectOf, textOf } from './error-table.js';

/** https://docs.upbit.com/kr/reference/rest-api-guide; names of earlier versions of that page are here too. */
export const upbitErrors: ErrorTable = {
  codeOf: (answer) => textOf(objectOf(answer['error'])['name']),
  messageOf: (answer) => textOf(objectOf(answer['error'])['message']),
  codes: {
    invalid_access_key: 'revoked',
    jwt_verification: 'wrong_secret',
    no_authorization_ip: 'ip_refused',
    no_authorization_i_p: 'ip_refused',
    out_of_scope: 'missing_permission',
    expired_access_key: 'expired',
    too_many_requests: 'rate_limited',
    '418': 'rate_limited',
    '429': 'rate_limited',
    server_error: 'exchange_down',
    '500': 'exchange_down',
    '503': 'exchange_down',
  },
};
