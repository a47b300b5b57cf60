import { exact, type SchemaObject } from '../platform/http/index.js';

const marker = (description: string): SchemaObject => ({
  type: 'string',
  enum: ['verified', 'unverified', 'absent'],
  description,
});

/** OpenAPI schema of the answer of `GET /v1/exchanges/{id}/capabilities`. */
export const CAPABILITIES_SCHEMA: SchemaObject = {
  ...exact({
    id: { type: 'string', example: 'kraken' },
    books: marker('streamed spot books; without them the exchange cannot be watched'),
    fees: exact({
      withoutKey: {
        type: 'string',
        enum: ['market', 'default'],
        description: "taker fees by the market's public metadata, or the exchange's default",
      },
      withKey: marker("the account's own taker fees"),
    }),
    networks: exact({
      withoutKey: marker('whether deposits and withdrawals are open, network by network'),
      withKey: marker('the same with a key'),
      contracts: marker('the contracts of tokens, told with the networks'),
    }),
    keyFacts: marker('what a key may do; unverified: only whether it reads a balance'),
    clock: marker("the exchange's own time over REST"),
  }),
  description: 'verified: by a reader of our own; unverified: through what ccxt offers for it; absent: not at all.',
};
