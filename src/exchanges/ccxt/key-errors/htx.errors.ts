import { type ErrorTable, textOf } from './error-table.js';

/** What stands behind `api-signature-not-valid`, in the words of the answer, which decide. */
const SIGNATURE_DETAILS = [
  'Incorrect Access key',
  'Verification failure',
  'Incorrect IP address',
  'API key has no permission',
  'Invalid submission time',
] as const;

type Answer = Readonly<Record<string, unknown>>;

function messageOf(answer: Answer): string | null {
  return textOf(answer['err-msg'] ?? answer['err_msg'] ?? answer['message']);
}

function codeOf(answer: Answer): string | null {
  const code = textOf(answer['err-code'] ?? answer['err_code'] ?? answer['code']);
  if (code !== 'api-signature-not-valid') return code;
  const words = messageOf(answer)?.toLowerCase() ?? '';
  const detail = SIGNATURE_DETAILS.find((each) => words.includes(each.toLowerCase()));
  return detail === undefined ? code : `${code}: ${detail}`;
}

/**
 * https://www.htx.com/en-us/opend/newApiPages/: the older paths answer `status` and `err-code`, those of version 2 a
 * `code`, which is 200 when all is well, each with HTTP 200.
 */
export const htxErrors: ErrorTable = {
  isRefusal: (answer) =>
    answer['status'] === undefined && answer['code'] !== undefined && textOf(answer['code']) !== '200',
  codeOf,
  messageOf,
  codes: {
    'api-signature-not-valid: Incorrect Access key': 'revoked',
    'api-signature-not-valid: Verification failure': 'wrong_secret',
    'api-signature-not-valid: Incorrect IP address': 'ip_refused',
    'api-signature-not-valid: API key has no permission': 'missing_permission',
    'api-signature-not-valid: Invalid submission time': 'clock_skew',
    'api-signature-not-valid': 'wrong_secret',
    'api-signature-check-failed': 'wrong_secret',
    'login-required': 'revoked',
    '403': 'revoked',
    '1003': 'wrong_secret',
    '1002': 'missing_permission',
    '1006': 'rate_limited',
    '510': 'rate_limited',
    '429': 'rate_limited',
    '40403': 'rate_limited',
    'base-request-exceed-frequency-limit': 'rate_limited',
    'rate-too-many-requests': 'rate_limited',
    'operation-forbidden-for-lock-account-state': 'suspended',
    '500': 'exchange_down',
    'base-system-error': 'exchange_down',
    'gateway-internal-error': 'exchange_down',
    'system-maintenance': 'exchange_down',
    timeout: 'exchange_down',
  },
  remarks: {
    '1003': 'htx says no more on this path: a deleted key or a refused address may be meant as well',
    'api-signature-not-valid': 'in words that are not known: anything about the key may be meant',
  },
};
