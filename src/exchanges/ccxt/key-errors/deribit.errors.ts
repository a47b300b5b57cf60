import { type ErrorTable, objectOf, textOf } from './error-table.js';

/** https://docs.deribit.com/#rpc-error-codes */
export const deribitErrors: ErrorTable = {
  codeOf: (answer) => textOf(objectOf(answer['error'])['code']),
  messageOf: (answer) => {
    const { message, data } = objectOf(answer['error']);
    const reason = textOf(objectOf(data)['reason']);
    return reason === null ? textOf(message) : `${textOf(message) ?? ''}: ${reason}`;
  },
  codes: {
    '13004': 'revoked',
    '13009': 'wrong_secret',
    '9999': 'missing_permission',
    '11042': 'missing_permission',
    '13012': 'missing_permission',
    '13021': 'missing_permission',
    '10028': 'rate_limited',
    '10047': 'rate_limited',
    '10066': 'rate_limited',
    '12005': 'suspended',
    '13001': 'suspended',
    '13002': 'suspended',
    '10040': 'exchange_down',
    '10041': 'exchange_down',
    '11051': 'exchange_down',
    '11094': 'exchange_down',
    '13025': 'exchange_down',
  },
  remarks: {
    '13004': 'deribit does not tell a key that is deleted or disabled from an address that is not allowed',
    '13009': 'deribit does not tell a wrong secret from a clock that is wrong by more than a minute',
  },
};
