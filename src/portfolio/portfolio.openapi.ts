import { exact, type SchemaObject } from '../platform/http/index.js';

const TEXT: SchemaObject = { type: 'string' };
const NUMBER: SchemaObject = { type: 'number' };
const AMOUNT: SchemaObject = {
  type: ['string', 'null'],
  example: '0.4182',
  description: 'In the asset; null where it is not told.',
};
const REASON: SchemaObject = {
  ...exact({ code: { ...TEXT, example: 'revoked' }, message: TEXT }),
  type: ['object', 'null'],
};
const EXCHANGES: SchemaObject = { type: 'array', items: { ...TEXT, example: 'okx' } };

const ASSET = exact({
  asset: { ...TEXT, example: 'BTC' },
  free: AMOUNT,
  locked: AMOUNT,
  total: AMOUNT,
  valueUsd: { type: ['number', 'null'], description: 'Of the total, else of the free amount; null with a reason.' },
  priceUsd: { type: ['number', 'null'], description: 'USD per unit.' },
  valuedBy: { type: ['string', 'null'], example: 'BTC/USDT bid at okx × USDT/USD bid at kraken' },
  reason: { ...REASON, description: 'not_watched, not_live, no_usd_rate or no_amount; null where it is valued.' },
});

const ACCOUNT = exact({
  exchange: { ...TEXT, example: 'okx' },
  account: { ...TEXT, example: 'main' },
  label: { ...TEXT, description: 'Of the key that reads it.' },
  keyId: TEXT,
  state: {
    ...TEXT,
    enum: ['fresh', 'stale', 'lost', 'pending'],
    description: 'stale: older than portfolio.maxAgeMs; lost: no key may read it any more; pending: not read yet.',
  },
  reason: { ...REASON, description: 'Why it is lost or pending, or why the last attempt failed.' },
  asOfMs: { type: ['number', 'null'], description: 'When the exchange answered, epoch ms.' },
  ageMs: { type: ['number', 'null'] },
  assets: { type: 'array', items: ASSET, description: 'All that are not empty.' },
  total: exact({
    valueUsd: { ...NUMBER, description: 'The sum of what could be valued.' },
    unvalued: { type: 'array', items: TEXT, description: 'Assets that are not in the sum.' },
  }),
});

/** What `GET /v1/portfolio` answers. */
export const PORTFOLIO_SCHEMA = exact({
  data: { type: 'array', items: ACCOUNT },
  nextCursor: { type: ['string', 'null'], description: 'Always null.' },
  hasMore: { type: 'boolean' },
  total: exact({
    valueUsd: NUMBER,
    unvalued: {
      type: 'array',
      items: exact({ exchange: TEXT, asset: TEXT }),
    },
    stale: { ...EXCHANGES, description: 'In the sum by balances that are older than the bound.' },
    missing: { ...EXCHANGES, description: 'Not in the sum: lost, or not read yet.' },
  }),
  hint: { type: ['string', 'null'], description: 'What to do where there is no account to show.' },
});
