// The rows that `history.mjs` asks for, made inside the database: 20 symbols and 100 routes each, 10 s between rows.
const SYMBOLS = 20;
/** Routes of all symbols. */
export const ROUTES = 2_000;
const EXCHANGES = 50;
/** When the first row begins, epoch ms; a start of a day. */
export const FROM_MS = Date.UTC(2026, 0, 1);
/** One opportunity opens in each of these. */
export const STEP_MS = 700;

/** The symbol of a number. */
export const symbolOf = (n) => `S${n % SYMBOLS}/USDT`;
/** The names of a route by its number, 0 to 1999. */
export function routeOf(n) {
  const symbol = symbolOf(n);
  const buyExchange = `x${n % EXCHANGES}`;
  const sellExchange = `y${Math.floor(n / SYMBOLS) % 100}`;
  return { routeId: `cross:${buyExchange}:${symbol}>${sellExchange}:${symbol}`, symbol, buyExchange, sellExchange };
}

const OPPORTUNITIES = `
  INSERT INTO opportunities (opened_at, id, epoch, revision, kind, state, symbol, base, quote, buy_exchange, sell_exchange,
    route_id, legs, gross_bps, top_net_bps, size, notional, net_profit, net_bps, currency, opened_at_ms, updated_at_ms,
    closed_at_ms, close_reason, peak_net_bps, standing, detected_at_ms)
  SELECT to_timestamp(at / 1000), 'bench-' || n, 'bench', 2, 'cross', 'closed', symbol, 'S' || n % ${SYMBOLS}, 'USDT',
    'x' || n % ${EXCHANGES}, 'y' || n / ${SYMBOLS} % 100, 'cross:x' || n % ${EXCHANGES} || ':' || symbol || '>y' || n / ${SYMBOLS} % 100 || ':' || symbol,
    jsonb_build_array(
      jsonb_build_object('side', 'buy', 'exchange', 'x' || n % ${EXCHANGES}, 'symbol', symbol, 'vwap', 100.5, 'size', 1.5, 'takerFeeBps', 10),
      jsonb_build_object('side', 'sell', 'exchange', 'y' || n / ${SYMBOLS} % 100, 'symbol', symbol, 'vwap', 101.5, 'size', 1.5, 'takerFeeBps', 10)),
    30, 10, 1.5, 150, n % 997 / 100.0, n % 1009 / 10.0, 'USDT', at, at + 500, at + 500, 'collapsed', n % 1009 / 10.0, false, at
  FROM generate_series($1::bigint, $2::bigint) AS n,
    LATERAL (SELECT $3::float8 + n * ${STEP_MS}::float8 AS at, 'S' || n % ${SYMBOLS} || '/USDT' AS symbol) AS told`;

const SAMPLES = `
  INSERT INTO spread_candles_1s (start, route, open_bps, high_bps, low_bps, close_bps, gross_bps, samples, above_ms)
  SELECT to_timestamp($3::float8 / 1000 + second), routes.id, route % 100, route % 100 + 2, route % 100 - 2,
    route % 100 + 1, 20, 3, second % 1000
  FROM generate_series($1::bigint, $2::bigint) AS second, generate_series(0, ${ROUTES - 1}) AS route
  JOIN routes ON routes.route_id = 'cross:x' || route % ${EXCHANGES} || ':S' || route % ${SYMBOLS} || '/USDT>y' || route / ${SYMBOLS} % 100 || ':S' || route % ${SYMBOLS} || '/USDT'`;

/** Makes rows in parts, so that no statement is of the size of the whole. */
async function inParts(database, sql, total, part) {
  for (let from = 0; from < total; from += part) {
    await database.query(sql, [from, Math.min(from + part, total) - 1, FROM_MS]);
  }
}

/**
 * Makes the rows.
 *
 * @param database - An open one, of the newest schema.
 * @param product - The product's repositories: of routes, which gives them their numbers, and of partitions, which makes room.
 * @param opportunities - How many.
 * @param samples - How many; a whole number of seconds of all routes.
 */
export async function makeRows(database, { routes, partitions }, opportunities, samples) {
  await partitions.ensureRange('opportunities', FROM_MS, FROM_MS + opportunities * STEP_MS);
  await partitions.ensureRange('spread_candles_1s', FROM_MS, FROM_MS + (samples / ROUTES) * 1_000);
  await routes.ensure(Array.from({ length: ROUTES }, (_, n) => routeOf(n)));
  await inParts(database, OPPORTUNITIES, opportunities, 200_000);
  await inParts(database, SAMPLES, samples / ROUTES, 100);
  await database.query('ANALYZE');
}
