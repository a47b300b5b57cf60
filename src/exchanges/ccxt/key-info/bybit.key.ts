import { boundTo, fields, type KeyReader, label, texts, timeMs } from './key-reader.js';

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
    const wallet = texts(groups['Wallet']);
    const walletGrants = (names: readonly string[]): boolean | null =>
      isReadOnly ? false : (wallet?.some((right) => names.includes(right)) ?? null);
    const granted = TRADING.filter((name) => rights(name).length > 0);
    const trade = !isReadOnly && granted.length > 0;
    const bound = boundTo(texts(result['ips']));
    const walletSeen = `readOnly: ${readOnly}, Wallet: ${wallet === null ? 'not told' : wallet.join(' ') || 'none'}`;
    const groupsSeen = granted.map((name) => `${name}: ${rights(name).join(' ')}`).join(', ');
    return {
      scopes: { read: true, trade, withdraw: walletGrants(['Withdraw']), transfer: walletGrants(TRANSFERS) },
      ...bound,
      createdAtMs: timeMs(result['createdAt']),
      expiresAtMs: timeMs(result['expiredAt']),
      lastUsedAtMs: null,
      label: label(result['note']),
      evidence: {
        read: `readOnly: ${readOnly}`,
        trade: `readOnly: ${readOnly}, ${groupsSeen || 'no trading group'}`,
        withdraw: walletSeen,
        transfer: walletSeen,
        ip: `ips: ${bound.ipList?.join(' ') ?? 'not told'}`,
        expires: `expiredAt: ${label(result['expiredAt']) ?? 'none'}`,
      },
    };
  },
};
