import { type Answer, type KeyReader, timeMs, truth } from './key-reader.js';

const TRADING = [
  'enableSpotAndMarginTrading',
  'enableMargin',
  'enableFutures',
  'enableVanillaOptions',
  'enablePortfolioMarginTrading',
  'enableFixApiTrade',
] as const;
const TRANSFERS = ['enableInternalTransfer', 'permitsUniversalTransfer'] as const;

/** GET /sapi/v1/account/apiRestrictions: which rights a key has and whether it is bound to addresses, not to which. */
export const binanceKey: KeyReader = {
  endpoint: 'sapiGetAccountApiRestrictions',
  read: (answer) => {
    if (truth(answer['enableReading']) === null) return null;
    const trade = rightsOf(answer, TRADING);
    const transfer = rightsOf(answer, TRANSFERS);
    const withdraw = truth(answer['enableWithdrawals']);
    const ipRestricted = truth(answer['ipRestrict']);
    return {
      scopes: {
        read: truth(answer['enableReading']),
        trade: trade.isGranted,
        withdraw,
        transfer: transfer.isGranted,
      },
      ipRestricted,
      ipList: null,
      createdAtMs: timeMs(answer['createTime']),
      expiresAtMs: timeMs(answer['tradingAuthorityExpirationTime']),
      lastUsedAtMs: null,
      label: null,
      evidence: {
        read: `enableReading: ${String(answer['enableReading'])}`,
        trade: trade.seen,
        withdraw: `enableWithdrawals: ${String(withdraw)}`,
        transfer: transfer.seen,
        ip: `ipRestrict: ${String(ipRestricted)}`,
      },
    };
  },
};

/** Whether any of several switches is on, null when the answer holds none of them, with those that decide. */
function rightsOf(answer: Answer, names: readonly string[]): { isGranted: boolean | null; seen: string } {
  const told = names.filter((name) => truth(answer[name]) !== null);
  const on = told.filter((name) => truth(answer[name]) === true);
  const seen = (on.length > 0 ? on : told).map((name) => `${name}: ${String(answer[name])}`).join(', ');
  return { isGranted: told.length === 0 ? null : on.length > 0, seen: seen || `${names.join(', ')}: not told` };
}
