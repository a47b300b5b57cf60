import {
  type Answer,
  boundTo,
  factsFrom,
  fields,
  type KeyReader,
  label,
  newestUse,
  rowsOf,
  texts,
  timeMs,
  words,
} from './key-reader.js';

/** Permission groups whose rights place or change orders. */
const TRADING = ['ContractTrade', 'Spot', 'Options', 'Derivatives', 'CopyTrading', 'BlockTrade', 'Exchange', 'Earn'];
const TRANSFERS = ['AccountTransfer', 'SubMemberTransfer', 'SubMemberTransferList'];

/** GET /v5/user/query-api: rights in groups, addresses, creation and expiry. */
export const bybitKey: KeyReader = {
  read: async (ask) => {
    const answer = await ask('privateGetV5UserQueryApi');
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
    return factsFrom('GET /v5/user/query-api', {
      scopes: { read: true, trade, withdraw: walletGrants(['Withdraw']), transfer: walletGrants(TRANSFERS) },
      ...bound,
      createdAtMs: timeMs(result['createdAt']),
      expiresAtMs: timeMs(result['expiredAt']),
      label: label(result['note']),
      evidence: {
        read: `readOnly: ${readOnly}`,
        trade: `readOnly: ${readOnly}, ${groupsSeen || 'no trading group'}`,
        withdraw: walletSeen,
        transfer: walletSeen,
        ip: `ips: ${bound.ipList?.join(' ') ?? 'not told'}`,
        created: `createdAt: ${label(result['createdAt']) ?? 'not told'}`,
        expires: `expiredAt: ${label(result['expiredAt']) ?? 'none'}`,
        label: `note: ${label(result['note']) ?? 'none'}`,
      },
    });
  },
  /**
   * Orders and transfers of the last 7 days, withdrawals of the last 30: without times these are what bybit answers,
   * and a beginning alone would be taken for a window of 7 days from there
   * (https://bybit-exchange.github.io/docs/v5/order/order-list).
   */
  uses: async (ask, sinceMs) => {
    const orders = await ask('privateGetV5OrderHistory', { category: 'spot' });
    const withdrawals = await ask('privateGetV5AssetWithdrawQueryRecord');
    const transfers = await ask('privateGetV5AssetTransferQueryInterTransferList');
    return [
      ...newestUse(listIn(orders, 'list'), sinceMs, {
        ...{ kind: 'order', source: 'GET /v5/order/history' },
        atMs: ({ createdTime }) => timeMs(createdTime),
        seen: (row) => words(row, ['symbol', 'side', 'orderType', 'qty', 'orderStatus', 'createdTime']),
      }),
      ...newestUse(listIn(withdrawals, 'rows'), sinceMs, {
        ...{ kind: 'withdrawal', source: 'GET /v5/asset/withdraw/query-record' },
        atMs: ({ createTime }) => timeMs(createTime),
        seen: (row) => words(row, ['coin', 'amount', 'chain', 'status', 'createTime']),
      }),
      ...newestUse(listIn(transfers, 'list'), sinceMs, {
        ...{ kind: 'transfer', source: 'GET /v5/asset/transfer/query-inter-transfer-list' },
        atMs: ({ timestamp }) => timeMs(timestamp),
        seen: (row) => words(row, ['coin', 'amount', 'fromAccountType', 'toAccountType', 'timestamp']),
      }),
    ];
  },
};

function listIn(answer: Answer, name: 'list' | 'rows'): readonly Answer[] {
  return rowsOf(fields(answer['result'])[name]);
}
