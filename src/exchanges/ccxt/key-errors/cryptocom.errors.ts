import { type ErrorTable, textOf } from './error-table.js';

const UNAUTHORIZED = 'crypto.com answers the same to a deleted key, a wrong secret and a missing right';

/** https://exchange-docs.crypto.com/exchange/v1/rest-ws/index.html#response-and-reason-codes */
export const cryptocomErrors: ErrorTable = {
  codeOf: (answer) => textOf(answer['code']),
  messageOf: (answer) => textOf(answer['message']),
  codes: {
    '40101': 'revoked',
    '10002': 'revoked',
    '40103': 'ip_refused',
    '10003': 'ip_refused',
    '40102': 'clock_skew',
    '10007': 'clock_skew',
    '42901': 'rate_limited',
    '10006': 'rate_limited',
    '40801': 'exchange_down',
    '50001': 'exchange_down',
    '10001': 'exchange_down',
    '9010001': 'exchange_down',
  },
  remarks: { '40101': UNAUTHORIZED, '10002': UNAUTHORIZED },
};
