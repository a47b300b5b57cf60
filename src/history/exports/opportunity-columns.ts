import type { ExportColumn } from '../../platform/export/index.js';
import type { StoredOpportunity } from '../opportunity-row.js';

type Leg = StoredOpportunity['legs'][number];
type Column = ExportColumn<StoredOpportunity>;

const number = (name: keyof StoredOpportunity): Column => ({ name, type: 'number', of: (row) => row[name] });
const text = (name: keyof StoredOpportunity): Column => ({ name, type: 'text', of: (row) => row[name] });

/** The columns of one leg: `buyVwap`, `sellVwap` and so on. */
function ofLeg(side: Leg['side'], name: keyof Leg, type: Column['type']): Column {
  return {
    name: `${side}${name.charAt(0).toUpperCase()}${name.slice(1)}`,
    type,
    of: (row) => row.legs.find((leg) => leg.side === side)?.[name],
  };
}

/** An opportunity as a row of a table; new columns come last. */
export const OPPORTUNITY_COLUMNS: readonly Column[] = [
  text('id'),
  text('kind'),
  text('state'),
  text('symbol'),
  ofLeg('buy', 'exchange', 'text'),
  ofLeg('buy', 'symbol', 'text'),
  ofLeg('sell', 'exchange', 'text'),
  ofLeg('sell', 'symbol', 'text'),
  number('openedAtMs'),
  number('updatedAtMs'),
  number('closedAtMs'),
  text('closeReason'),
  number('grossBps'),
  number('topNetBps'),
  number('netBps'),
  number('peakNetBps'),
  number('size'),
  number('peakSize'),
  number('notional'),
  number('netProfit'),
  text('currency'),
  number('notionalUsd'),
  ofLeg('buy', 'vwap', 'number'),
  ofLeg('sell', 'vwap', 'number'),
  ofLeg('buy', 'takerFeeBps', 'number'),
  ofLeg('sell', 'takerFeeBps', 'number'),
  ofLeg('buy', 'feeSource', 'text'),
  ofLeg('sell', 'feeSource', 'text'),
  ofLeg('buy', 'exchangeTimeMs', 'number'),
  ofLeg('sell', 'exchangeTimeMs', 'number'),
  ofLeg('buy', 'receivedAtMs', 'number'),
  ofLeg('sell', 'receivedAtMs', 'number'),
  ofLeg('buy', 'sequence', 'number'),
  ofLeg('sell', 'sequence', 'number'),
  number('aboveMs'),
  { name: 'standing', type: 'boolean', of: (row) => row.standing },
  text('identity'),
  text('cappedBy'),
  { name: 'afterTransfer', type: 'json', of: (row) => row.afterTransfer },
  { name: 'conversion', type: 'json', of: (row) => row.conversion },
  number('detectedAtMs'),
  text('routeId'),
  text('epoch'),
  { name: 'revision', type: 'integer', of: (row) => row.revision },
];
