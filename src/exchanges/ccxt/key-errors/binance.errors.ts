import { type ErrorTable, textOf } from './error-table.js';

/** https://developers.binance.com/docs/binance-spot-api-docs/errors */
export const binanceErrors: ErrorTable = {
  codeOf: (answer) => textOf(answer['code']),
  messageOf: (answer) => textOf(answer['msg']),
  codes: {
    '-2015': 'revoked',
    '-2014': 'revoked',
    '-2008': 'revoked',
    '-1022': 'wrong_secret',
    '-1002': 'missing_permission',
    '-1021': 'clock_skew',
    '-1003': 'rate_limited',
    '-1015': 'rate_limited',
    '-1001': 'exchange_down',
    '-1007': 'exchange_down',
    '-1016': 'exchange_down',
  },
  remarks: {
    '-2015': 'binance answers the same to a deleted key, an address that is not allowed and a missing permission',
  },
};
