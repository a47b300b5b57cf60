import type { Observable } from 'rxjs';
import { z } from 'zod';
import { MAX_SYMBOL_LENGTH, parseSymbol } from '../core/market/symbol.js';
import type { Scope } from '../platform/auth/index.js';
import { describeIssues } from '../platform/http/index.js';
import type { ChannelStep, SnapshotItem } from './feed-event.js';
import { FeedFault } from './feed.errors.js';

/** What a subscriber wants to see of a channel. */
export interface Filter<S = unknown> {
  /** The filter as applied, told in the acknowledgement. */
  readonly applied: object;
  /** Whether `matches` can say no: then it is kept which subjects a subscriber was shown. */
  readonly hasFigures: boolean;
  /** Whether the subject is meant at all; the same during the whole life of a subject. */
  concerns(subject: S): boolean;
  /** Whether the figures of the subject suffice now; they may change during its life. */
  matches(subject: S): boolean;
}

/**
 * What subscribers want of a channel that costs nothing while nobody does.
 *
 * Such a channel tells states alone and keeps none of them: who comes back gets the state of now, unless nothing changed.
 */
export interface Demand<S = unknown> {
  /**
   * One more subscriber.
   *
   * @returns Whether something is looked at from now on that was not before: what happened to it until now is unknown.
   * @throws {FeedFault} If that would be too much; then nothing is added.
   */
  add(filter: Filter<S>): boolean;
  /** One subscriber less, with the filter that was added. */
  remove(filter: Filter<S>): void;
}

/** Where a channel takes its events, snapshots and filters from; one file per channel. */
export interface ChannelSource<S = unknown> {
  readonly name: string;
  /** The scope that a subscriber needs. */
  readonly scope: Scope;
  /** Whether steps carry positions that mean the same in every service. */
  readonly isPlaced?: boolean;
  /** Hot: everything that happens, in order. */
  readonly steps$: Observable<ChannelStep<S>>;
  /**
   * Everything that is there now.
   *
   * @param filter - Of who asks: what it does not concern may be left out.
   */
  snapshot(filter: Filter<S>): SnapshotItem<S>[];
  /** Where nothing is looked at that nobody asked for; without it, `steps$` tells everything always. */
  readonly demand?: Demand<S>;
  /**
   * Checks and compiles the filter of a subscriber.
   *
   * @param raw - As the client sent it, undefined without one.
   * @throws {FeedFault} `bad_filter` naming each field that is unknown or of the wrong type.
   */
  filter(raw: unknown): Filter<S>;
}

/** Exchanges by their ccxt ids. */
export const exchangesField = z
  .array(z.string().regex(/^[a-z0-9]{1,64}$/, 'must be a ccxt id such as "okx"'))
  .min(1)
  .max(200)
  .optional();

/** Unified symbols. */
export const symbolsField = z
  .array(
    z
      .string()
      .refine(
        (symbol) => symbol.length <= MAX_SYMBOL_LENGTH && parseSymbol(symbol) !== null,
        'must be a unified symbol such as "BTC/USDT"',
      ),
  )
  .min(1)
  .max(1_000)
  .optional();

/**
 * Checks a filter against its schema.
 *
 * @param schema - The fields that the channel knows.
 * @param raw - As the client sent it; none means no restriction.
 * @returns The checked fields.
 * @throws {FeedFault} `bad_filter`.
 */
export function parseFilter<T extends z.ZodObject>(schema: T, raw: unknown): z.infer<T> {
  const given = raw ?? {};
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const problems = describeIssues(parsed.error, given, Object.keys(schema.shape));
  const named = problems.map((problem) =>
    problem.field === '' ? problem.message.replace(/^it/, 'filter') : problem.message,
  );
  throw new FeedFault('bad_filter', named.join('; '));
}
