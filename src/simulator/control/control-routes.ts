import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import {
  type AccountRegistry,
  type AccountUse,
  type ApiKey,
  type KeyChange,
  type KeyRequest,
  RegistryFullError,
} from '../accounts/account-registry.js';
import { FAULT_KINDS, FaultError, type InjectedFault, UnlistedSymbolError } from '../faults/fault.js';
import type { BookHistory } from '../truth/book-history.js';
import type { Spell } from '../truth/spell-ledger.js';
import { parseObject } from '../wire/json.js';
import type { SimBook } from '../world/sim-book.js';
import { CHANGE_BODY, KEY_BODY, REVOKE_BODY, USE_BODY } from './control-schemas.js';

/** What `GET /__sim/truth` tells. */
export interface Truth {
  readonly seed: number;
  /** Taker fees, bps, by exchange: its accounts', or the lowest tier's where it has none; by `exchange:symbol` where a pair has its own. */
  readonly fees: Readonly<Record<string, number>>;
  readonly spells: readonly Spell[];
}

/** What the control endpoints work on. */
export interface Controls {
  readonly accounts: AccountRegistry;
  readonly history: BookHistory;
  truth(sinceMs: number): Truth;
  stats(): object;
  book(exchange: string, symbol: string): SimBook | null;
  createKey(request: KeyRequest): ApiKey;
  /** False when there is no such key. */
  changeKey(exchange: string, apiKey: string, change: KeyChange): boolean;
  /** Notes a deed of somebody else; false when there is no such key. */
  useKey(exchange: string, apiKey: string, kind: AccountUse['kind']): boolean;
  injected(): readonly InjectedFault[];
  /** Throws a `FaultError` when it is none. */
  inject(fault: unknown): void;
}

interface Reply {
  readonly status: number;
  readonly body: unknown;
}

const ENDPOINTS = {
  'GET /__sim': 'this list',
  'GET /__sim/truth?sinceMs=': 'every spell in which a route paid after all taker fees',
  'GET /__sim/books?exchange=&symbol=[&sequence=]': 'the published book, now or at one of its last 200 sequences',
  'GET /__sim/stats': 'connections, frames sent, dials and requests, and those that came during a ban',
  'POST /__sim/keys':
    'makes an API key: {exchange, scopes: {read, trade, withdraw, transfer}, ipList, label, expiresAtMs}',
  'POST /__sim/keys/change': 'changes a key: {exchange, apiKey, scopes?, ipList?, expiresAtMs?}',
  'POST /__sim/keys/revoke': 'refuses a key from now on: {exchange, apiKey}',
  'POST /__sim/keys/use':
    'somebody else uses a key or its account: {exchange, apiKey, kind?: call|order|transfer|withdrawal|login}',
  'GET /__sim/faults': 'the last 1000 faults with the times at which they began',
  'POST /__sim/faults': `injects a fault: {exchange, symbol?, fault, …}, fault being one of ${FAULT_KINDS.join(', ')}`,
};

/** Makes the handler of `/__sim` and all below it. */
export function controlRoutes(controls: Controls): (request: IncomingMessage, url: URL, body: string) => Reply {
  const routes: Readonly<Record<string, (url: URL, body: string) => Reply>> = {
    'GET /__sim': () => ok({ endpoints: ENDPOINTS }),
    'GET /__sim/truth': (url) => truth(controls, url),
    'GET /__sim/books': (url) => book(controls, url),
    'GET /__sim/stats': () => ok(controls.stats()),
    'POST /__sim/keys': (_url, body) =>
      withBody(KEY_BODY, body, (request) => {
        const { apiKey, secret, passphrase } = controls.createKey(request);
        return { status: 201, body: passphrase === null ? { apiKey, secret } : { apiKey, secret, passphrase } };
      }),
    'POST /__sim/keys/change': (_url, body) =>
      withBody(CHANGE_BODY, body, ({ exchange, apiKey, ...change }) =>
        controls.changeKey(exchange, apiKey, change) ? ok({ changed: true }) : noKey(exchange),
      ),
    'POST /__sim/keys/revoke': (_url, body) =>
      withBody(REVOKE_BODY, body, ({ exchange, apiKey }) =>
        controls.accounts.revoke(exchange, apiKey) ? ok({ revoked: true }) : noKey(exchange),
      ),
    'POST /__sim/keys/use': (_url, body) =>
      withBody(USE_BODY, body, ({ exchange, apiKey, kind }) =>
        controls.useKey(exchange, apiKey, kind) ? ok({ used: kind }) : noKey(exchange),
      ),
    'GET /__sim/faults': () => ok({ faults: controls.injected() }),
    'POST /__sim/faults': (_url, body) => inject(controls, body),
  };
  return (request, url, body) => {
    const route = routes[`${request.method ?? 'GET'} ${url.pathname.replace(/\/$/, '')}`];
    return route ? route(url, body) : { status: 404, body: { error: 'no such endpoint', endpoints: ENDPOINTS } };
  };
}

function truth(controls: Controls, url: URL): Reply {
  const sinceMs = Number(url.searchParams.get('sinceMs') ?? '0');
  if (!Number.isFinite(sinceMs)) return error(400, 'sinceMs: give epoch milliseconds');
  return ok(controls.truth(sinceMs));
}

function book(controls: Controls, url: URL): Reply {
  const exchange = url.searchParams.get('exchange') ?? '';
  const symbol = url.searchParams.get('symbol') ?? '';
  const found = controls.book(exchange, symbol);
  if (!found) return error(404, `exchange, symbol: no book ${exchange}:${symbol}`);
  const wanted = url.searchParams.get('sequence');
  if (wanted === null) return ok(controls.history.now(found));
  const sequence = Number(wanted);
  if (!Number.isSafeInteger(sequence)) return error(400, 'sequence: give a whole number');
  const earlier = controls.history.at(found, sequence);
  return earlier
    ? ok(earlier)
    : error(404, `sequence: ${sequence} is not among the last steps of ${exchange}:${symbol}`);
}

function inject(controls: Controls, text: string): Reply {
  const json = parseObject(text);
  if (!json) return error(400, 'the body must be a JSON object');
  try {
    controls.inject(json);
  } catch (caught) {
    if (caught instanceof UnlistedSymbolError) return error(404, caught.message);
    if (caught instanceof FaultError) return error(400, caught.message);
    throw caught;
  }
  return ok({ injected: json });
}

function withBody<T>(schema: z.ZodType<T>, text: string, answer: (body: T) => Reply): Reply {
  const json = parseObject(text);
  if (!json) return error(400, 'the body must be a JSON object');
  const parsed = schema.safeParse(json);
  if (!parsed.success) return error(400, z.prettifyError(parsed.error));
  try {
    return answer(parsed.data);
  } catch (caught) {
    if (caught instanceof RegistryFullError) return error(409, caught.message);
    throw caught;
  }
}

function noKey(exchange: string): Reply {
  return error(404, `apiKey: ${exchange} has no such key, or it is revoked`);
}

function ok(body: unknown): Reply {
  return { status: 200, body };
}

function error(status: number, message: string): Reply {
  return { status, body: { error: message } };
}
