import { type ErrorTable, textOf } from './error-table.js';

/** https://bybit-exchange.github.io/docs/v5/error */
export const bybitErrors: ErrorTable = {
  codeOf: (answer) => textOf(answer['retCode'] ?? answer['ret_code']),
  messageOf: (answer) => textOf(answer['retMsg'] ?? answer['ret_msg']),
  codes: {
    '10003': 'revoked',
    '10004': 'wrong_secret',
    '10005': 'missing_permission',
    '10010': 'ip_refused',
    '10024': 'suspended',
    '10008': 'suspended',
    '10002': 'clock_skew',
    '10006': 'rate_limited',
    '10018': 'rate_limited',
    '10016': 'exchange_down',
    '10000': 'exchange_down',
    '33004': 'expired',
  },
};
