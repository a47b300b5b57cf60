import { type ErrorTable, textOf } from './error-table.js';

/** https://www.mexc.com/api-docs/spot-v3/error-code */
export const mexcErrors: ErrorTable = {
  codeOf: (answer) => textOf(answer['code']),
  messageOf: (answer) => textOf(answer['msg'] ?? answer['message']),
  codes: {
    '10072': 'revoked',
    '700001': 'revoked',
    '402': 'expired',
    '602': 'wrong_secret',
    '700002': 'wrong_secret',
    '406': 'ip_refused',
    '700006': 'ip_refused',
    '511': 'missing_permission',
    '701': 'missing_permission',
    '703': 'missing_permission',
    '700007': 'missing_permission',
    '700003': 'clock_skew',
    '10073': 'clock_skew',
    '429': 'rate_limited',
    '510': 'rate_limited',
    '30018': 'suspended',
    '60005': 'suspended',
    '730100': 'suspended',
    '140002': 'suspended',
    '500': 'exchange_down',
    '501': 'exchange_down',
    '503': 'exchange_down',
    '504': 'exchange_down',
    '604': 'exchange_down',
    '801': 'exchange_down',
    '11444': 'exchange_down',
    '20002': 'exchange_down',
  },
  remarks: {
    '700002': 'mexc has answered so to keys that had ended as well',
  },
};
