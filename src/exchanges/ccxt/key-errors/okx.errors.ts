import { type ErrorTable, textOf } from './error-table.js';

/** https://www.okx.com/docs-v5/en/#error-code */
export const okxErrors: ErrorTable = {
  codeOf: (answer) => textOf(answer['code']),
  messageOf: (answer) => textOf(answer['msg']),
  codes: {
    '50119': 'revoked',
    '50111': 'revoked',
    '50100': 'revoked',
    '50113': 'wrong_secret',
    '50105': 'wrong_passphrase',
    '50110': 'ip_refused',
    '50120': 'missing_permission',
    '50035': 'missing_permission',
    '50030': 'missing_permission',
    '50101': 'wrong_environment',
    '50102': 'clock_skew',
    '50112': 'clock_skew',
    '50011': 'rate_limited',
    '50061': 'rate_limited',
    '50009': 'suspended',
    '50007': 'suspended',
    '50001': 'exchange_down',
    '50013': 'exchange_down',
    '50026': 'exchange_down',
  },
};
