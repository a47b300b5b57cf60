import type { WatchedService } from './watched-service.js';

/** A request to an operation, and how it is to be answered. */
export interface Sample {
  /** Path and query. */
  readonly at: string;
  readonly status: number;
  /** Of the problem document. */
  readonly code?: string;
  /** Of the answer, where it is not JSON. */
  readonly media?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** What the samples ask about; all of it is there before they begin. */
export interface Stock {
  readonly service: WatchedService;
  /** Stored keys, each for one purpose. */
  readonly keys: Readonly<Record<'kept' | 'checked' | 'removed' | 'stopped' | 'asleep' | 'leaked' | 'rotated', string>>;
  /** A token that may read keys and no more, as a header. */
  readonly reader: Readonly<Record<string, string>>;
  /** Ids of tokens. */
  readonly token: string;
  /** Id of an opportunity that is closed. */
  readonly opportunity: string;
  /** Alerts in these states. */
  readonly alerts: Readonly<Record<'dead' | 'waiting', string>>;
  /** ISO 8601, after all that was stored so far. */
  readonly over: string;
}

/** Targets that nothing answers for, and a rule that fires soon: `open` needs no secret, the others wait for theirs. */
export const ALERTS = {
  CROSSBOOK_ALERTS_MAX_ATTEMPTS: '1',
  CROSSBOOK_ALERTS_TARGETS: JSON.stringify([
    { name: 'sampled', type: 'webhook', url: 'http://127.0.0.1:1/hook' },
    { name: 'mute', type: 'webhook', url: 'http://127.0.0.1:1/hook' },
    {
      ...{ name: 'open', type: 'mail', host: '127.0.0.1', port: 1, security: 'none' },
      ...{ from: 'a@example.com', to: ['b@example.com'] },
    },
  ]),
  CROSSBOOK_ALERTS_RULES: JSON.stringify([
    { name: 'soon', on: 'silence', forMs: 1_000, minNetBps: 1_000_000, targets: ['open', 'mute'] },
  ]),
};

const STRANGER = { Authorization: `Bearer ${'A'.repeat(43)}` };
const NOBODY = { Authorization: '' };
const CSV = { Accept: 'text/csv' };
const NDJSON = { Accept: 'application/x-ndjson' };
const PARQUET = 'application/vnd.apache.parquet';

/** Statuses that no call can provoke here, beside those of an absent database. */
export const UNPROVOKED: readonly string[] = [
  // A thousand symbols are beyond the allowance of a minute.
  '409 put /v1/symbols/{base}/{quote}',
  // Two rotations at once, or a master key that somebody changed meanwhile.
  '409 post /v1/keys/master/rotate',
];

/** Shows a token that is not known. */
const refused = (at: string): Sample => ({ at, status: 401, code: 'unauthenticated', headers: STRANGER });
/** Shows none where one is needed. */
const closed = (at: string): Sample => ({ at, status: 401, code: 'unauthenticated', headers: NOBODY });
const none = (at: string, code = 'unknown_key'): Sample => ({ at, status: 404, code });
const badQuery = (at: string): Sample => ({ at, status: 400, code: 'bad_query' });
const badBody = (at: string, body: unknown = {}): Sample => ({ at, status: 400, code: 'bad_body', body });
const answered = (at: string): Sample => ({ at, status: 200 });
const NO_KEY = '00000000-0000-4000-8000-000000000000';

/** A list in all its forms. */
function list(path: string, query: string, stock: Stock): Sample[] {
  const range = `${path}?${query}`;
  return [
    answered(range),
    answered(`${range}&limit=1`),
    { at: range, status: 200, headers: CSV, media: 'text/csv' },
    { at: range, status: 200, headers: NDJSON, media: 'application/x-ndjson' },
    { at: `${range}&format=parquet&limit=5`, status: 200, media: PARQUET },
    answered(`${range}&to=${encodeURIComponent(stock.over)}`),
    answered(`${range}&to=2020-01-01`),
    badQuery(`${range}&limit=0`),
    badQuery(`${range}&nothing=1`),
    badQuery(`${range}&limit=1&limit=2`),
    badQuery(`${range}&cursor=x`),
    refused(range),
  ];
}

/** For each operation: calls that work, and calls that fail as documented. */
export const SAMPLES: Readonly<Record<string, (stock: Stock) => readonly Sample[] | Promise<readonly Sample[]>>> = {
  'get /v1/tokens': ({ reader }) => [
    answered('/v1/tokens'),
    closed('/v1/tokens'),
    { at: '/v1/tokens', status: 403, code: 'scope', headers: reader },
  ],
  'post /v1/tokens': () => {
    const body = { name: 'sampled', scopes: ['feed'], expiresInMs: 60_000 };
    return [
      { at: '/v1/tokens', status: 201, body },
      { at: '/v1/tokens', status: 409, code: 'name_taken', body },
      badBody('/v1/tokens', { name: 'x', scopes: [] }),
      badBody('/v1/tokens', { ...body, name: 'sampled2', admin: true }),
      { at: '/v1/tokens', status: 413, code: 'too_large', body: { name: 'x'.repeat(70_000) } },
      { at: '/v1/tokens', status: 415, code: 'unsupported_media_type', body, headers: { 'Content-Encoding': 'zstd' } },
      { at: '/v1/tokens', status: 400, code: 'bad_json', body: '{' },
    ];
  },
  'delete /v1/tokens/{id}': ({ token }) => [
    { at: `/v1/tokens/${token}`, status: 204 },
    { at: `/v1/tokens/${token}`, status: 204 },
    none('/v1/tokens/nothing', 'no_such_token'),
  ],
  'get /v1/exchanges': () => [answered('/v1/exchanges'), refused('/v1/exchanges')],
  'get /v1/exchanges/{id}/capabilities': () => [
    ...['binance', 'okx', 'bybit', 'kraken'].map((id) => answered(`/v1/exchanges/${id}/capabilities`)),
    none('/v1/exchanges/nothing/capabilities', 'no_such_exchange'),
  ],
  'get /v1/exchanges/{id}/history': () => [
    answered('/v1/exchanges/okx/history'),
    none('/v1/exchanges/nothing/history', 'no_such_exchange'),
  ],
  'get /v1/symbols': () => [answered('/v1/symbols'), refused('/v1/symbols')],
  'put /v1/symbols/{base}/{quote}': () => [
    answered('/v1/symbols/LTC/USDT'),
    { at: '/v1/symbols/ltc/USDT', status: 400, code: 'bad_symbol' },
    closed('/v1/symbols/LTC/USDT'),
  ],
  'delete /v1/symbols/{base}/{quote}': () => [
    answered('/v1/symbols/LTC/USDT'),
    none('/v1/symbols/LTC/USDT', 'unknown_symbol'),
    ...['ETH/USDT', 'USDT/USD', 'USDC/USDT'].map((symbol) => answered(`/v1/symbols/${symbol}`)),
    { at: '/v1/symbols/BTC/USDT', status: 409, code: 'last_symbol' },
  ],
  'get /v1/explain': () => [
    answered('/v1/explain?routeId=cross:okx:BTC/USDT%3Ekraken:BTC/USDT'),
    answered('/v1/explain?symbol=BTC/USDT&buyExchange=binance&sellExchange=bybit'),
    none('/v1/explain?symbol=BTC/USDT&buyExchange=binance&sellExchange=nothing', 'unknown_route'),
    badQuery('/v1/explain'),
  ],
  'get /v1/identity/deny': () => [answered('/v1/identity/deny'), refused('/v1/identity/deny')],
  'put /v1/identity/deny': () => [
    { at: '/v1/identity/deny', status: 200, body: { asset: 'DOGE', exchanges: null, evidence: 'sampled' } },
    { at: '/v1/identity/deny', status: 200, body: { asset: 'ADA', exchanges: ['okx', 'kraken'], evidence: 'sampled' } },
    badBody('/v1/identity/deny'),
  ],
  'delete /v1/identity/deny': () => [
    { at: '/v1/identity/deny?asset=DOGE', status: 204 },
    none('/v1/identity/deny?asset=DOGE', 'no_such_decision'),
    badQuery('/v1/identity/deny'),
  ],
  'get /v1/keys/master': () => [answered('/v1/keys/master'), closed('/v1/keys/master')],
  'post /v1/keys/master/rotate': ({ reader }) => [
    { at: '/v1/keys/master/rotate', status: 200 },
    { at: '/v1/keys/master/rotate', status: 403, code: 'scope', headers: reader },
  ],
  'get /v1/keys/audit': ({ keys }) => [
    answered('/v1/keys/audit'),
    answered(`/v1/keys/audit?keyId=${keys.kept}&limit=1`),
    badQuery('/v1/keys/audit?limit=x'),
  ],
  'get /v1/keys/audit/verify': () => [answered('/v1/keys/audit/verify'), closed('/v1/keys/audit/verify')],
  'post /v1/keys/compromise': () => [
    { at: '/v1/keys/compromise', status: 200, body: { exchange: 'bybit' } },
    badBody('/v1/keys/compromise'),
  ],
  'post /v1/keys/{id}/compromise': ({ keys }) => [
    { at: `/v1/keys/${keys.leaked}/compromise`, status: 200 },
    none(`/v1/keys/${NO_KEY}/compromise`),
  ],
  'post /v1/keys/{id}/rotate': async ({ keys, service }) => {
    const body = await service.issueKey('okx');
    const at = `/v1/keys/${keys.rotated}/rotate`;
    return [
      badBody(at, { apiKey: 'x' }),
      { at, status: 422, code: 'key_refused', body: { ...body, secret: 'W'.repeat(32) } },
      { at, status: 201, body },
      { at, status: 409, code: 'key_not_active', body: await service.issueKey('okx') },
      { ...none(`/v1/keys/${NO_KEY}/rotate`), body },
    ];
  },
  'get /v1/keys/{id}/timeline': ({ keys }) => [
    answered(`/v1/keys/${keys.kept}/timeline`),
    none(`/v1/keys/${NO_KEY}/timeline`),
  ],
  'get /v1/keys/{id}/usage': ({ keys }) => [
    answered(`/v1/keys/${keys.kept}/usage`),
    answered(`/v1/keys/${keys.kept}/usage?limit=1&outcome=ok`),
    { at: `/v1/keys/${keys.kept}/usage`, status: 200, headers: CSV, media: 'text/csv' },
    { at: `/v1/keys/${keys.kept}/usage`, status: 200, headers: NDJSON, media: 'application/x-ndjson' },
    badQuery(`/v1/keys/${keys.kept}/usage?outcome=nothing`),
    none(`/v1/keys/${NO_KEY}/usage`),
  ],
  'get /v1/keys/{id}/usage/hours': ({ keys }) => [
    answered(`/v1/keys/${keys.kept}/usage/hours`),
    badQuery(`/v1/keys/${keys.kept}/usage/hours?from=2026-01-01&to=2025-01-01`),
    none(`/v1/keys/${NO_KEY}/usage/hours`),
  ],
  'get /v1/keys/{id}/checks': ({ keys }) => [
    answered(`/v1/keys/${keys.kept}/checks?limit=1`),
    badQuery(`/v1/keys/${keys.kept}/checks?cursor=x`),
    none(`/v1/keys/${NO_KEY}/checks`),
  ],
  'post /v1/keys/{id}/acknowledge': ({ keys }) => [
    { at: `/v1/keys/${keys.checked}/acknowledge`, status: 200 },
    none(`/v1/keys/${NO_KEY}/acknowledge`),
  ],
  'get /v1/keys': () => [answered('/v1/keys'), closed('/v1/keys')],
  'post /v1/keys': async ({ service }) => {
    const body = { exchange: 'binance', label: 'sampled', ...(await service.issueKey('binance')) };
    const strong = await service.issueKey('kraken', { withdraw: true });
    return [
      { at: '/v1/keys', status: 201, body },
      { at: '/v1/keys', status: 409, code: 'duplicate_key', body },
      {
        at: '/v1/keys',
        status: 422,
        code: 'withdrawal_right',
        body: { exchange: 'kraken', label: 'strong', ...strong },
      },
      badBody('/v1/keys', { ...body, exchange: 7 }),
      { at: '/v1/keys', status: 401, code: 'unauthenticated', body, headers: NOBODY },
    ];
  },
  'get /v1/keys/{id}': ({ keys }) => [
    answered(`/v1/keys/${keys.kept}`),
    none(`/v1/keys/${NO_KEY}`),
    none('/v1/keys/x'),
  ],
  'delete /v1/keys/{id}': ({ keys }) => [
    { at: `/v1/keys/${keys.removed}`, status: 204 },
    none(`/v1/keys/${keys.removed}`),
  ],
  'post /v1/keys/{id}/check': ({ keys }) => [
    { at: `/v1/keys/${keys.checked}/check`, status: 200 },
    { at: `/v1/keys/${keys.asleep}/check`, status: 409, code: 'key_disabled' },
    none(`/v1/keys/${NO_KEY}/check`),
  ],
  'post /v1/keys/{id}/disable': ({ keys }) => [
    { at: `/v1/keys/${keys.stopped}/disable`, status: 200 },
    none(`/v1/keys/${NO_KEY}/disable`),
  ],
  'get /v1/opportunities': (stock) => list('/v1/opportunities', 'state=closed', stock),
  'get /v1/opportunities/{id}': ({ opportunity }) => [
    answered(`/v1/opportunities/${opportunity}`),
    none('/v1/opportunities/nothing', 'no_such_opportunity'),
  ],
  'get /v1/refusals': (stock) => [
    answered('/v1/refusals?limit=2'),
    ...['minute', 'route', 'reason'].flatMap((group) => list('/v1/refusals', `group=${group}`, stock)),
    badQuery('/v1/refusals?reason=nothing'),
  ],
  'get /v1/spreads': (stock) => list('/v1/spreads', 'symbol=BTC/USDT', stock),
  'get /v1/spreads/candles': (stock) => list('/v1/spreads/candles', 'interval=1s', stock),
  'get /v1/spreads/matrix': () => [answered('/v1/spreads/matrix?symbol=BTC/USDT'), badQuery('/v1/spreads/matrix')],
  'get /v1/stats': () => [
    answered('/v1/stats'),
    answered('/v1/stats?symbol=BTC/USDT'),
    badQuery('/v1/stats?from=2020-01-01&to=2026-01-01'),
  ],
  'get /v1/portfolio': () => [answered('/v1/portfolio'), closed('/v1/portfolio')],
  'get /v1/alerts': ({ reader }) => [
    answered('/v1/alerts'),
    answered('/v1/alerts?state=dead&target=sampled&limit=1'),
    { at: '/v1/alerts?rule=r', status: 200, headers: reader },
    badQuery('/v1/alerts?state=x'),
    badQuery('/v1/alerts?cursor=x'),
    closed('/v1/alerts'),
  ],
  'get /v1/alerts/targets': () => [answered('/v1/alerts/targets'), closed('/v1/alerts/targets')],
  'put /v1/alerts/targets/{name}/secret': ({ reader }) => {
    const at = '/v1/alerts/targets/sampled/secret';
    return [
      { at, status: 204, body: { secret: 'S'.repeat(32) } },
      badBody(at, { secret: 'short' }),
      { at, status: 403, code: 'scope', headers: reader, body: { secret: 'S'.repeat(32) } },
      { ...none('/v1/alerts/targets/nobody/secret', 'unknown_target'), body: { secret: 'S'.repeat(32) } },
      { at: '/v1/alerts/targets/open/secret', status: 409, code: 'no_secret_needed', body: { secret: 'S'.repeat(32) } },
    ];
  },
  'delete /v1/alerts/targets/{name}/secret': () => [
    { at: '/v1/alerts/targets/sampled/secret', status: 204 },
    none('/v1/alerts/targets/sampled/secret', 'no_secret'),
  ],
  'post /v1/alerts/targets/{name}/test': () => [
    answered('/v1/alerts/targets/sampled/test'),
    none('/v1/alerts/targets/nobody/test', 'unknown_target'),
  ],
  'post /v1/alerts/resend': () => [
    { at: '/v1/alerts/resend', status: 200, body: {} },
    { at: '/v1/alerts/resend', status: 200, body: { target: 'sampled' } },
    badBody('/v1/alerts/resend', { target: 7 }),
    { ...none('/v1/alerts/resend', 'unknown_target'), body: { target: 'nobody' } },
  ],
  'post /v1/alerts/{id}/resend': ({ alerts }) => [
    answered(`/v1/alerts/${alerts.dead}/resend`),
    { at: `/v1/alerts/${alerts.waiting}/resend`, status: 409, code: 'not_dead' },
    none('/v1/alerts/nothing/resend', 'no_such_alert'),
  ],
  'get /v1/settings': () => [answered('/v1/settings'), closed('/v1/settings')],
  'get /metrics': () => [{ at: '/metrics', status: 200, media: 'text/plain' }, refused('/metrics')],
  'get /health/live': () => [
    answered('/health/live'),
    { at: '/health/live', status: 403, code: 'host_not_allowed', headers: { Host: 'evil.example' } },
  ],
  'get /health/ready': () => [
    answered('/health/ready'),
    { at: '/health/ready', status: 403, code: 'origin_not_allowed', headers: { Origin: 'https://evil.example' } },
  ],
};
