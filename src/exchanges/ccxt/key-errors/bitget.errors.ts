import { type ErrorTable, textOf } from './error-table.js';

/** https://www.bitget.com/api-doc/common/error-code/restapi, and as ccxt names those that the page leaves out. */
export const bitgetErrors: ErrorTable = {
  codeOf: (answer) => textOf(answer['code']),
  messageOf: (answer) => textOf(answer['msg']),
  codes: {
    '40006': 'revoked',
    '40037': 'revoked',
    '40041': 'revoked',
    '40065': 'revoked',
    '40009': 'wrong_secret',
    '40010': 'wrong_secret',
    '40012': 'wrong_passphrase',
    '40036': 'wrong_passphrase',
    '40018': 'ip_refused',
    '40038': 'ip_refused',
    '40014': 'missing_permission',
    '40301': 'missing_permission',
    '40004': 'clock_skew',
    '40005': 'clock_skew',
    '40008': 'clock_skew',
    '429': 'rate_limited',
    '40013': 'suspended',
    '40031': 'suspended',
    '40710': 'suspended',
    '40015': 'exchange_down',
    '40200': 'exchange_down',
    '40725': 'exchange_down',
    '45001': 'exchange_down',
    '40081': 'wrong_environment',
    '40110': 'wrong_environment',
  },
  remarks: {
    '40012': 'bitget answers the same to a wrong API key and to a wrong passphrase',
    '40084': 'the account is a classic one, and this is a call for unified accounts',
    '40085': 'the account is a unified one, and this is a call for classic accounts',
  },
};
