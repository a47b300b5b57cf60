import { classifyFailure } from '../key-errors/classify.js';
import { KnownRefusal } from '../key-errors/known-refusal.js';
import { type Ask, factsFrom, type KeyReader, newestUse, rowsOf, timeMs, truth, words } from './key-reader.js';

const PERMISSIONS = 'GET /api/v3/brokerage/key_permissions';
const ORDERS = 'GET /api/v3/brokerage/orders/historical/batch';
/** Orders looked at for the newest: their order is not promised. */
const ORDERS_SEEN = 20;
/** A token lives for two minutes; a clock that is off by less than this much is not to blame. */
const MOST_SKEW_MS = 30_000;

/**
 * GET /api/v3/brokerage/key_permissions: view, trade and transfer; neither addresses, age, end nor name.
 *
 * The transfer right sends funds on and off the platform
 * (https://docs.cdp.coinbase.com/coinbase-app/authentication-authorization/authorization), so it is both a right to
 * withdraw and one to transfer.
 */
export const coinbaseKey: KeyReader = {
  read: async (ask) => {
    const answer = await ask('v3PrivateGetBrokerageKeyPermissions').catch((error: unknown) => blameClock(ask, error));
    const read = truth(answer['can_view']);
    const trade = truth(answer['can_trade']);
    const transfer = truth(answer['can_transfer']);
    if (read === null || trade === null || transfer === null) return null;
    const canTransfer = `can_transfer: ${transfer}`;
    return factsFrom(PERMISSIONS, {
      scopes: { read, trade, withdraw: transfer, transfer },
      evidence: {
        read: `can_view: ${read}`,
        trade: `can_trade: ${trade}`,
        withdraw: canTransfer,
        transfer: canTransfer,
      },
    });
  },
  uses: async (ask, sinceMs) => {
    const answer = await ask('v3PrivateGetBrokerageOrdersHistoricalBatch', {
      limit: ORDERS_SEEN,
      start_date: new Date(sinceMs).toISOString(),
    });
    return newestUse(rowsOf(answer['orders']), sinceMs, {
      kind: 'order',
      source: ORDERS,
      atMs: (row) => timeMs(row['created_time']),
      seen: (row) => words(row, ['side', 'product_id', 'status']),
    });
  },
};

/** A token that is too old or too young is refused in the same word as a deleted key; the exchange's time tells. */
async function blameClock(ask: Ask, refusal: unknown): Promise<never> {
  const { code, rawCode } = classifyFailure('coinbase', refusal, (text) => text);
  if (code !== 'revoked') throw refusal;
  const time = await ask('v3PublicGetBrokerageTime').catch(() => null);
  const theirMs = timeMs(time?.['epochMillis']);
  // Where the time is not told either, the refusal stands as it came.
  if (theirMs === null) throw refusal;
  const skewMs = Date.now() - theirMs;
  if (Math.abs(skewMs) < MOST_SKEW_MS) throw refusal;
  const seconds = Math.round(Math.abs(skewMs) / 1_000);
  const blame = `refused, and this machine's clock is ${seconds} s ${skewMs > 0 ? 'ahead of' : 'behind'} that of coinbase`;
  throw new KnownRefusal('clock_skew', rawCode, blame);
}
