import { Injectable } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';
import { DurationHistogram } from './duration-histogram.js';
import { counter, type SetMetric } from './metric-family.js';
import { MetricSource } from './metric-source.js';
import { Tally } from './tally.js';

/** Others are told as `other`: the names of methods come from clients. */
const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
/** The route of requests that no route answered: unknown paths, and what was refused before it came to a route. */
const NO_ROUTE = 'none';

const REQUESTS = counter(
  'crossbook_http_requests_total',
  'HTTP requests that were answered, by the template of their route',
  'method',
  'route',
  'status',
);

/** Upper bounds, seconds: from what memory answers to exports of minutes. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60] as const;

/** Counts HTTP requests and times them, from the first byte read to the last one written. */
@Injectable()
export class RequestMetrics extends MetricSource {
  override readonly families = [REQUESTS];
  private readonly requests = new Tally(REQUESTS);
  private readonly durations = new DurationHistogram({
    name: 'crossbook_http_request_duration_seconds',
    help: 'Time from the beginning of an HTTP request to the end of its answer',
    labels: ['method', 'route'],
    buckets: BUCKETS,
  });
  override readonly histograms = [this.durations];

  override collect(set: SetMetric): void {
    this.requests.tell(set);
  }

  /** Express middleware; comes before whatever may refuse a request. */
  readonly watch = (request: Request, response: Response, next: NextFunction): void => {
    const startedMs = performance.now();
    response.once('close', () => {
      const method = METHODS.has(request.method) ? request.method : 'other';
      const route = routeOf(request);
      // A client that left before its answer was whole was told no status, whatever was meant to be.
      const status = response.writableFinished ? String(response.statusCode) : 'cut';
      this.requests.add({ method, route, status });
      this.durations.observeMs(performance.now() - startedMs, { method, route });
    });
    next();
  };
}

/** The template of the route, never the path: that may hold anything. Bounded by the routes. */
function routeOf(request: Request): string {
  const { path } = (request.route ?? {}) as { path?: unknown };
  return typeof path === 'string' ? path : NO_ROUTE;
}
