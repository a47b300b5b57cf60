import { type ErrorTable, textOf } from './error-table.js';

type Answer = Readonly<Record<string, unknown>>;

/** Codes that say too little, and the words that tell what is meant. */
const DETAILS: Readonly<Record<string, string>> = { '10100': 'digest invalid', '10001': 'permission invalid' };

// ["error", 10100, "apikey: invalid"]; limits and outages are told by name in an object.
function isList(answer: Answer): boolean {
  return answer['0'] === 'error';
}

function messageOf(answer: Answer): string | null {
  return textOf(isList(answer) ? answer['2'] : (answer['error_description'] ?? answer['error'] ?? answer['message']));
}

function codeOf(answer: Answer): string | null {
  if (!isList(answer)) return textOf(answer['error']);
  const code = textOf(answer['1']);
  const detail = DETAILS[code ?? ''];
  return detail !== undefined && messageOf(answer)?.includes(detail) === true ? `${code ?? ''}: ${detail}` : code;
}

/**
 * https://docs.bitfinex.com/docs/abbreviations-glossary#errorinfo-codes; the words behind them are not documented and
 * were seen by others.
 */
export const bitfinexErrors: ErrorTable = {
  isRefusal: isList,
  codeOf,
  messageOf,
  codes: {
    '10100': 'revoked',
    '10100: digest invalid': 'wrong_secret',
    '10111': 'wrong_secret',
    '10112': 'wrong_secret',
    '10113': 'wrong_secret',
    '10001: permission invalid': 'missing_permission',
    '10114': 'clock_skew',
    '11010': 'rate_limited',
    ERR_RATE_LIMIT: 'rate_limited',
    '11000': 'exchange_down',
    '20051': 'exchange_down',
    '20060': 'exchange_down',
    temporarily_unavailable: 'exchange_down',
  },
  remarks: {
    '10100': 'bitfinex answers the same to a deleted key, a wrong signature and an address that is not allowed',
    '10114': 'another program may use the same key with greater nonces: give each program a key of its own',
  },
};
