import type { NestExpressApplication } from '@nestjs/platform-express';
import type { NextFunction, Request, Response } from 'express';
import { rateLimit } from 'express-rate-limit';
import { Log } from '../logging/index.js';
import type { HostPolicy } from './host-policy.js';
import { ProblemError } from './problem.error.js';
import { ProblemFilter } from './problem.filter.js';

/** The longest body that is read. */
const MAX_BODY_BYTES = 65_536;
const RATE_WINDOW_MS = 60_000;
/** Requests per address and window; a page that asks ten times a second stays within it. */
const DEFAULT_RATE_LIMIT = 600;

const SECURITY_HEADERS: Readonly<Record<string, string>> = {
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

/** Why a request may not be answered under its `Host` and `Origin`, null where it may. */
export function hostRefusal(
  policy: HostPolicy,
  headers: { readonly host?: string | undefined; readonly origin?: string | undefined },
): ProblemError | null {
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
 * Puts before every route what all of them need: security headers, the check of `Host` and `Origin`, the rate limit,
 * the JSON body parser with its bound, and problem documents for every error.
 *
 * Call it right after the application was created (with `bodyParser: false`), before anything else adds routes.
 *
 * @param app - The application, not yet initialised.
 * @param policy - Names under which the service may be asked.
 * @param requestsPerMinute - Bound per address.
 */
export function prepareHttp(
  app: NestExpressApplication,
  policy: HostPolicy,
  requestsPerMinute: number = DEFAULT_RATE_LIMIT,
): void {
  app.disable('x-powered-by');
  app.use((_request: Request, response: Response, next: NextFunction) => {
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value);
    next();
  });
  app.use((request: Request, _response: Response, next: NextFunction) => {
    next(hostRefusal(policy, request.headers) ?? undefined);
  });
  app.use(
    rateLimit({
      windowMs: RATE_WINDOW_MS,
      limit: requestsPerMinute,
      standardHeaders: 'draft-8',
      legacyHeaders: false,
      // A proxy's clients share one allowance: its headers are not trusted to tell them apart.
      validate: { xForwardedForHeader: false, forwardedHeader: false },
      handler: (_request: Request, _response: Response, next: NextFunction) => {
        const detail = `more than ${requestsPerMinute} requests within a minute; wait as Retry-After says`;
        next(new ProblemError(429, 'too_many_requests', detail));
      },
    }),
  );
  app.useBodyParser('json', { limit: MAX_BODY_BYTES });
  app.useGlobalFilters(new ProblemFilter(app.get(Log)));
}
