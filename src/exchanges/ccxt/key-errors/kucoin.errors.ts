import { type ErrorTable, textOf } from './error-table.js';

/** https://www.kucoin.com/docs-new/error-code */
export const kucoinErrors: ErrorTable = {
  codeOf: (answer) => textOf(answer['code']),
  messageOf: (answer) => textOf(answer['msg']),
  codes: {
    '400002': 'clock_skew',
    '400003': 'revoked',
    '400004': 'wrong_passphrase',
    '400005': 'wrong_secret',
    '400006': 'ip_refused',
    '400007': 'missing_permission',
    '411100': 'suspended',
    '429000': 'rate_limited',
    '1015': 'rate_limited',
    '500000': 'exchange_down',
    '503000': 'exchange_down',
  },
  remarks: {
    '400004': 'kucoin is sent the passphrase signed with the secret: a wrong secret may be answered so as well',
  },
};
