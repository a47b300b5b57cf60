import { type KeyReader, timeMs, truth } from './key-reader.js';

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
    const granted = (names: readonly string[]): string[] => names.filter((name) => truth(answer[name]) === true);
    const trade = granted(TRADING);
    const transfer = granted(TRANSFERS);
    const withdraw = truth(answer['enableWithdrawals']);
    const ipRestricted = truth(answer['ipRestrict']);
    return {
      scopes: {
        read: truth(answer['enableReading']),
        trade: trade.length > 0,
        withdraw,
        transfer: transfer.length > 0,
      },
      ipRestricted,
      ipList: null,
      createdAtMs: timeMs(answer['createTime']),
      expiresAtMs: timeMs(answer['tradingAuthorityExpirationTime']),
      lastUsedAtMs: null,
      label: null,
      evidence: {
        read: `enableReading: ${String(answer['enableReading'])}`,
        trade: trade.length > 0 ? trade.map((name) => `${name}: true`).join(', ') : `${TRADING[0]}: false`,
        withdraw: `enableWithdrawals: ${String(withdraw)}`,
        transfer: transfer.length > 0 ? transfer.map((name) => `${name}: true`).join(', ') : `${TRANSFERS[0]}: false`,
        ip: `ipRestrict: ${String(ipRestricted)}`,
      },
    };
  },
};
