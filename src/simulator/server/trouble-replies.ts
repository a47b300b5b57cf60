import type { RestTrouble } from '../faults/rest-faults.js';
import type { RestReply } from '../wire/exchange-wire.js';
import type { DeskExchange } from '../world/listings.js';
import type { ExchangeDesk } from './exchange-desk.js';

/** How an exchange words its refusals. */
interface Wording {
  /** The answer to too many requests; `bannedUntilMs` when the address is shut out. */
  readonly rateLimit: (bannedUntilMs: number | null) => RestReply;
  /** The answer while it does not work. */
  readonly unavailable: RestReply;
  /** Where it tells of its state during a maintenance, and how. */
  readonly status?: { readonly path: string; readonly body: (trouble: RestTrouble) => unknown };
}

const answer = (status: number, body: unknown): RestReply => ({ status, body });
/** Statuses that say how long to stay away. */
const LIMITS: readonly number[] = [418, 429];

// Codes as documented by the exchanges, and as ccxt maps them.
const WORDINGS: Readonly<Partial<Record<DeskExchange, Wording>>> = {
  binance: {
    rateLimit: (untilMs) =>
      untilMs === null
        ? answer(429, {
            code: -1003,
            msg: 'Too much request weight used; current limit is 6000 request weight per 1 MINUTE. Please use WebSocket Streams for live updates to avoid polling the API.',
          })
        : answer(418, {
            code: -1003,
            msg: `Way too much request weight used; IP banned until ${Math.floor(untilMs)}. Please use WebSocket Streams for live updates to avoid bans.`,
          }),
    unavailable: answer(503, { code: -1, msg: 'System is under maintenance.' }),
    status: { path: '/sapi/v1/system/status', body: () => ({ status: 1, msg: 'system_maintenance' }) },
  },
  okx: {
    rateLimit: () => answer(429, { msg: 'Too Many Requests', code: '50011' }),
    unavailable: answer(503, { msg: 'Service temporarily unavailable. Please try again later.', code: '50001' }),
    status: { path: '/api/v5/system/status', body: okxStatus },
  },
  bybit: {
    rateLimit: (untilMs) =>
      untilMs === null
        ? answer(200, { retCode: 10006, retMsg: 'Too many visits. Exceeded the API Rate Limit.', result: {} })
        : answer(403, { retCode: 10018, retMsg: 'Exceeded the IP Rate Limit.', result: {} }),
    unavailable: answer(503, { retCode: 10016, retMsg: 'Service is restarting. Please try again later.', result: {} }),
  },
  kraken: {
    rateLimit: () => answer(200, { error: ['EAPI:Rate limit exceeded'] }),
    unavailable: answer(200, { error: ['EService:Unavailable'] }),
    status: {
      path: '/0/public/SystemStatus',
      body: ({ startMs }) => ({
        ...{ error: [], result: { status: 'maintenance', timestamp: new Date(startMs).toISOString() } },
      }),
    },
  },
  coinbase: {
    rateLimit: () => answer(429, { errors: [{ id: 'rate_limit_exceeded', message: 'Too many requests' }] }),
    unavailable: answer(503, { errors: [{ id: 'service_unavailable', message: 'Service unavailable' }] }),
  },
  bitget: {
    rateLimit: () => answer(429, { code: '429', msg: 'Too Many Requests', requestTime: 0, data: null }),
    unavailable: answer(503, {
      ...{ code: '40200', msg: 'Server upgrade, please try again later', requestTime: 0, data: null },
    }),
  },
  gate: {
    rateLimit: () => answer(429, { label: 'TOO_MANY_REQUESTS', message: 'Request Rate Limit Exceeded' }),
    unavailable: answer(503, { label: 'SERVER_ERROR', message: 'System is under maintenance' }),
  },
  kucoin: {
    rateLimit: () => answer(429, { code: '429000', msg: 'Too many requests in a short period of time' }),
    unavailable: answer(503, { code: '503000', msg: 'Service Unavailable' }),
  },
  cryptocom: {
    rateLimit: () => answer(429, { id: -1, method: 'unknown', code: 42901, message: 'RATE_LIMIT' }),
    unavailable: answer(503, { code: 9010001, message: 'SYSTEM_MAINTENANCE' }),
  },
  gemini: {
    rateLimit: () => answer(429, geminiError('RateLimit', 'Requests were made too frequently')),
    unavailable: answer(503, geminiError('Maintenance', 'The Gemini Exchange is currently undergoing maintenance.')),
  },
  deribit: {
    rateLimit: () => answer(429, { jsonrpc: '2.0', error: { code: 10028, message: 'too_many_requests' } }),
    unavailable: answer(503, { jsonrpc: '2.0', error: { code: 11051, message: 'system_maintenance' } }),
  },
  upbit: {
    rateLimit: () => answer(429, { error: { name: 'too_many_requests', message: 'Too many API requests.' } }),
    unavailable: answer(503, { error: { name: 'server_error', message: 'Service Unavailable' } }),
  },
  htx: {
    rateLimit: () => answer(429, htxError('base-request-exceed-frequency-limit', 'Frequency of requests has exceeded')),
    unavailable: answer(503, htxError('system-maintenance', 'System is in maintenance!')),
  },
  bitfinex: {
    rateLimit: () => answer(429, ['error', 11_010, 'ratelimit: error']),
    unavailable: answer(503, {
      ...{ code: 503, error: 'temporarily_unavailable' },
      error_description: 'Sorry, the service is temporarily unavailable.',
    }),
  },
  mexc: {
    rateLimit: () => answer(429, { code: 429, msg: 'Too Many Requests' }),
    unavailable: answer(503, { code: 801, msg: 'System under maintenance' }),
  },
};

const PLAIN: Wording = {
  rateLimit: () => answer(429, { error: 'Too Many Requests' }),
  unavailable: answer(503, { error: 'Service Unavailable' }),
};

/** Answers a request that meets a fault, in the exchange's own words, and notes the ban that the answer tells of. */
export function troubleReply(desk: ExchangeDesk, trouble: RestTrouble, path: string): RestReply {
  const { fault } = trouble;
  const wording = WORDINGS[desk.exchange] ?? PLAIN;
  if (fault.fault === 'maintenance' || fault.fault === 'restTimeout') {
    return wording.status?.path === path ? answer(200, wording.status.body(trouble)) : wording.unavailable;
  }
  const nowMs = desk.clock();
  const leftMs = trouble.untilMs - (nowMs - desk.faults.clockOffsetMs);
  const seconds = fault.retryAfterSeconds ?? Math.max(1, Math.ceil(leftMs / 1_000));
  const reply =
    fault.fault === 'rateLimit' ? wording.rateLimit(null) : failure(wording, fault.status, nowMs + seconds * 1_000);
  if (fault.retryAfterSeconds === undefined && !LIMITS.includes(reply.status)) return reply;
  desk.faults.rest.ban(trouble, seconds);
  return { ...reply, headers: { 'retry-after': String(seconds) } };
}

// 503 is the exchange's own word; the other server errors are those of whatever stands in front of it.
function failure({ rateLimit, unavailable }: Wording, status: number, untilMs: number): RestReply {
  if (LIMITS.includes(status)) return { ...rateLimit(status === 418 ? untilMs : null), status };
  return status === 503 ? { ...unavailable, status } : answer(status, { error: `HTTP ${status}` });
}

function geminiError(reason: string, message: string): unknown {
  return { result: 'error', reason, message };
}

function htxError(code: string, message: string): unknown {
  return { status: 'error', 'err-code': code, 'err-msg': message, data: null };
}

function okxStatus({ startMs, untilMs }: RestTrouble): unknown {
  const time = (ms: number): string => String(Math.floor(ms));
  const row = {
    ...{ title: 'Spot System Upgrade', state: 'ongoing', begin: time(startMs), end: time(untilMs), preOpenBegin: '' },
    ...{ href: '', serviceType: '1', system: 'unified', scheDesc: '', maintType: '2', env: '1', ts: time(startMs) },
  };
  return { code: '0', data: [row], msg: '' };
}
