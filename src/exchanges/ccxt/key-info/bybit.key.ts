import { fields, type KeyReader, label, texts, timeMs } from './key-reader.js';

/** Addresses that mean "any" in bybit's list. */
const ANY_ADDRESS = new Set(['*', '0.0.0.0', '']);
/** Permission groups whose rights place or change orders. */
const TRADING = ['ContractTrade', 'Spot', 'Options', 'Derivatives', 'CopyTrading', 'BlockTrade', 'Exchange', 'Earn'];
const TRANSFERS = ['AccountTransfer', 'SubMemberTransfer', 'SubMemberTransferList'];

/** GET /v5/user/query-api: rights in groups, addresses, creation and expiry. */
export const bybitKey: KeyReader = {
  endpoint: 'privateGetV5UserQueryApi',
  read: (answer) => {
    const result = fields(answer['result']);
    const groups = fields(result['permissions']);
    if (result['permissions'] === undefined) return null;
    const readOnly = Number(result['readOnly']);
    const isReadOnly = readOnly === 1;
    const rights = (group: string): string[] => texts(groups[group]) ?? [];
    const wallet = rights('Wallet');
    const granted = TRADING.filter((name) => rights(name).length > 0);
    const trade = !isReadOnly && granted.length > 0;
    const withdraw = !isReadOnly && wallet.includes('Withdraw');
    const transfer = !isReadOnly && TRANSFERS.some((name) => wallet.includes(name));
    const ipList = (texts(result['ips']) ?? []).filter((address) => !ANY_ADDRESS.has(address));
    const walletSeen = `readOnly: ${readOnly}, Wallet: ${wallet.join(' ') || 'none'}`;
    const groupsSeen = granted.map((name) => `${name}: ${rights(name).join(' ')}`).join(', ');
    return {
      scopes: { read: true, trade, withdraw, transfer },
      ipRestricted: ipList.length > 0,
      ipList,
      createdAtMs: timeMs(result['createdAt']),
      expiresAtMs: timeMs(result['expiredAt']),
      lastUsedAtMs: null,
      label: label(result['note']),
      evidence: {
        read: `readOnly: ${readOnly}`,
        trade: `readOnly: ${readOnly}, ${groupsSeen || 'no trading group'}`,
        withdraw: walletSeen,
        transfer: walletSeen,
        ip: `ips: ${ipList.join(' ') || '*'}`,
        expires: `expiredAt: ${label(result['expiredAt']) ?? 'none'}`,
      },
    };
  },
};
