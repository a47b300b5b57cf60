import type { NestExpressApplication } from '@nestjs/platform-express';
import type { NextFunction, Request, Response } from 'express';
import { type Options as RateLimitOptions, rateLimit } from 'express-rate-limit';
import { SETTINGS, type Settings } from '../config/index.js';
import { Log } from '../logging/index.js';
import type { HostPolicy } from './host-policy.js';
import { ProblemError } from './problem.error.js';
import { ProblemFilter } from './problem.filter.js';
import { followRequests } from './request-trail.js';
import { RequestTokens } from './request-tokens.js';
import { boundServer } from './server-bounds.js';
import { assertStorable, queryRefusal } from './storable-text.js';

/** The longest body that is read. */
const MAX_BODY_BYTES = 65_536;
const RATE_WINDOW_MS = 60_000;
/** Requests per address and window, and as many per token; a page that asks ten times a second stays within it. */
const DEFAULT_RATE_LIMIT = 600;

const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  // Figures are of now, and some are for the eyes of one token only; routes and files that may be kept say so themselves.
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
  // Inline styles and data images are what the page under /docs needs; scripts come from here alone.
  'Content-Security-Policy':
    "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; object-src 'none'; " +
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
};

/** Browsers ask by TLS alone for a year after they did once (RFC 6797). */
const STRICT_TRANSPORT = 'max-age=31536000';

/** Why a request may not be answered under its `Host` and `Origin` and from where it comes, null where it may. */
export function hostRefusal(
  policy: HostPolicy,
  headers: { readonly host?: string | undefined; readonly origin?: string | undefined },
  peer: string | undefined,
): ProblemError | null {
  if (!policy.allowsPeer(peer)) {
    const detail = 'without TLS only the stated proxies may ask; go through one, or set tls.cert and tls.key';
    return new ProblemError(403, 'not_through_proxy', detail);
  }
  if (!policy.allowsHost(headers.host)) {
    const detail = `this service does not answer under the name ${JSON.stringify(headers.host ?? '')}; add it to allowedHosts`;
    return new ProblemError(403, 'host_not_allowed', detail, 'Host');
  }
  if (!policy.allowsOrigin(headers.origin)) {
    const detail = `pages of ${JSON.stringify(headers.origin)} may not ask this service; add its host to allowedHosts`;
    return new ProblemError(403, 'origin_not_allowed', detail, 'Origin');
  }
  return null;
}

/**
 * Puts before every route what all of them need: an id and a line in the log, security headers, the check of `Host` and `Origin`, the rate limit,
 * the JSON body parser with its bound, and problem documents for every error.
 *
 * Call it right after the application was created (with `bodyParser: false`), before anything else adds routes.
 *
 * @param app - The application, not yet initialised.
 * @param policy - Names under which the service may be asked.
 * @param requestsPerMinute - Bound per address, and per token wherever it is used from.
 */
export function prepareHttp(
  app: NestExpressApplication,
  policy: HostPolicy,
  requestsPerMinute: number = DEFAULT_RATE_LIMIT,
): void {
  const settings = app.get<Settings>(SETTINGS);
  const tokens = app.get(RequestTokens);
  app.disable('x-powered-by');
  // Whose answer does not change says so by a strong ETag of its own; a hash of every other one would promise what is not kept.
  app.set('etag', false);
  app.use(followRequests(app.get(Log)));
  // Whose address a request has is told by stated proxies alone; everybody else speaks for itself.
  app.set('trust proxy', settings.trustedProxies);
  boundServer(app.getHttpServer(), settings.feed.maxClients);
  app.use((request: Request, response: Response, next: NextFunction) => {
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value);
    if (request.secure) response.setHeader('Strict-Transport-Security', STRICT_TRANSPORT);
    next();
  });
  app.use((request: Request, _response: Response, next: NextFunction) => {
    next(hostRefusal(policy, request.headers, request.socket.remoteAddress) ?? undefined);
  });
  app.use(limitBy('address', requestsPerMinute));
  app.use(limitBy('token', requestsPerMinute, tokens));
  app.use((request: Request, _response: Response, next: NextFunction) => {
    next(queryRefusal(request.originalUrl) ?? undefined);
  });
  const bodies = { limit: MAX_BODY_BYTES, verify: assertStorable };
  app.useBodyParser('json', bodies);
  app.useGlobalFilters(new ProblemFilter(app.get(Log)));
}

/** Bounds the requests of each address, or of each token where `tokens` tells them; both are told as `RateLimit`. */
function limitBy(
  identifier: 'address' | 'token',
  requestsPerMinute: number,
  tokens?: RequestTokens,
): ReturnType<typeof rateLimit> {
  const byToken: Partial<RateLimitOptions> = tokens
    ? {
        skip: ({ headers }) => tokens.nameOf(headers) === null,
        keyGenerator: ({ headers }) => tokens.nameOf(headers) ?? '',
      }
    : {};
  return rateLimit({
    windowMs: RATE_WINDOW_MS,
    limit: requestsPerMinute,
    standardHeaders: 'draft-8',
    identifier,
    legacyHeaders: false,
    // Clients of a proxy that was not stated share one allowance: its headers are not trusted to tell them apart.
    validate: { xForwardedForHeader: false, forwardedHeader: false },
    handler: (_request: Request, _response: Response, next: NextFunction) => {
      const detail = `more than ${requestsPerMinute} requests of this ${identifier} within a minute; wait as Retry-After says`;
      next(new ProblemError(429, 'too_many_requests', detail));
    },
    ...byToken,
  });
}
