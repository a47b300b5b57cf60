import { z } from 'zod';
import { DESK_EXCHANGES } from '../world/listings.js';

/** The longest that a frame is held back, ms: with the rate of updates it bounds what is held. */
const MOST_HELD_MS = 60_000;

const exchange = z.enum(DESK_EXCHANGES, { error: `choose one of ${DESK_EXCHANGES.join(', ')}` });
/** Without it a fault is in force for every symbol of the exchange. */
const symbol = z.string().min(1).optional();
const lasting = z.int().min(1).max(3_600_000);
const durationMs = lasting.default(10_000);
/** Limits a REST fault to the requests whose path contains it. */
const path = z.string().min(1).max(200).optional();
const retryAfterSeconds = z.int().min(0).max(86_400).optional();

const FRAMES = [
  z.strictObject({
    ...{ exchange, symbol, fault: z.enum(['drop', 'duplicate', 'reorder', 'corrupt']) },
    count: z.int().min(1).max(100_000).default(1),
  }),
  z.strictObject({
    ...{ exchange, symbol, fault: z.literal('delay'), delayMs: z.int().min(1).max(MOST_HELD_MS).optional() },
    durationMs: z.int().min(1).max(MOST_HELD_MS).default(10_000),
  }),
  z.strictObject({ exchange, symbol, fault: z.literal('freeze'), durationMs }),
] as const;

const SOCKETS = [
  z.strictObject({ exchange, symbol, fault: z.literal('kill') }),
  z.strictObject({ exchange, symbol, fault: z.literal('stall'), durationMs }),
  z.strictObject({ exchange, fault: z.literal('refuse'), durationMs }),
] as const;

const BOOKS = [
  z.strictObject({
    ...{ exchange, symbol, fault: z.literal('oneSided'), durationMs },
    side: z.enum(['bids', 'asks']).default('asks'),
  }),
  z.strictObject({
    ...{ exchange, symbol, fault: z.literal('crossed'), durationMs },
    bps: z.number().min(0.1).max(1_000).default(10),
  }),
  z.strictObject({
    ...{ exchange, symbol, fault: z.literal('thin'), durationMs },
    levels: z.int().min(1).max(100).default(3),
  }),
  z.strictObject({ exchange, symbol, fault: z.literal('frozen'), durationMs }),
] as const;

const REST = [
  z.strictObject({
    ...{ exchange, fault: z.literal('restFail'), path, durationMs, retryAfterSeconds },
    status: z.literal([418, 429, 500, 502, 503, 504]).default(503),
  }),
  z.strictObject({ exchange, fault: z.literal('rateLimit'), path, durationMs, retryAfterSeconds }),
  z.strictObject({ exchange, fault: z.literal('restTimeout'), path, durationMs }),
  z.strictObject({ exchange, fault: z.literal('maintenance'), durationMs }),
] as const;

const CLOCK = z.strictObject({
  ...{ exchange, fault: z.literal('clock'), durationMs: lasting.optional() },
  offsetMs: z.int().min(-86_400_000).max(86_400_000),
});
const LISTING = z.strictObject({ exchange, fault: z.enum(['delist', 'relist']), symbol: z.string().min(1) });
const NETWORK = z.strictObject({
  ...{ exchange, fault: z.enum(['closeNetwork', 'openNetwork']), asset: z.string().min(1) },
  /** Without it every network of the asset is meant. */
  network: z.string().min(1).optional(),
  /** Without it both. */
  way: z.enum(['deposit', 'withdraw']).optional(),
});
const CLEAR = z.strictObject({ exchange, fault: z.literal('clear') });

/** Every fault with its fields, strict: a field that does not belong to the kind is an error. */
const FAULT = z.discriminatedUnion('fault', [...FRAMES, ...SOCKETS, ...BOOKS, ...REST, CLOCK, LISTING, NETWORK, CLEAR]);

/** A fault as a test or a scenario asks for it; what is left out takes its default. */
export type Fault = z.input<typeof FAULT>;

/** One of the kinds of faults. */
export type FaultKind = Fault['fault'];

/** Every kind. */
export const FAULT_KINDS: readonly FaultKind[] = kindsOf(FAULT.options);

/** A fault with its defaults filled in. */
export type CheckedFault = z.output<typeof FAULT>;

/** A fault that was injected, and when, epoch ms. */
export interface InjectedFault {
  readonly atMs: number;
  readonly fault: CheckedFault;
}

/** Faults of the frames that are on their way. */
export type FrameFault = z.output<(typeof FRAMES)[number]>;

/** Faults of the published books themselves. */
export type BookFault = z.output<(typeof BOOKS)[number]>;

/** Faults of the answers to requests. */
export type RestFault = z.output<(typeof REST)[number]>;

/** Networks that are closed or opened. */
export type NetworkFault = z.output<typeof NETWORK>;

const FRAME_KINDS = kindsOf(FRAMES);
const BOOK_KINDS = kindsOf(BOOKS);
const REST_KINDS = kindsOf(REST);

/** True for a fault of frames. */
export function isFrameFault(fault: CheckedFault): fault is FrameFault {
  return FRAME_KINDS.includes(fault.fault);
}

/** True for a fault of books. */
export function isBookFault(fault: CheckedFault): fault is BookFault {
  return BOOK_KINDS.includes(fault.fault);
}

/** True for a fault of requests. */
export function isRestFault(fault: CheckedFault): fault is RestFault {
  return REST_KINDS.includes(fault.fault);
}

/** True for a fault of networks. */
export function isNetworkFault(fault: CheckedFault): fault is NetworkFault {
  return fault.fault === 'closeNetwork' || fault.fault === 'openNetwork';
}

function kindsOf(schemas: readonly (typeof FAULT)['options'][number][]): readonly FaultKind[] {
  return schemas.flatMap(({ shape: { fault } }) => (fault instanceof z.ZodEnum ? fault.options : [...fault.values]));
}

/** Thrown for a fault that cannot be injected; names the field and the remedy. */
export class FaultError extends Error {}

/** Thrown for a symbol that the exchange does not list here, or an asset or network that its wallets do not have. */
export class UnlistedSymbolError extends FaultError {}

/**
 * Checks a fault and fills in its defaults.
 *
 * @throws {FaultError} Naming every field that is wrong.
 */
export function checkFault(fault: unknown): CheckedFault {
  const parsed = FAULT.safeParse(fault);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => {
    if (issue.code === 'unrecognized_keys') return `${issue.keys.join(', ')}: does not belong to this kind of fault`;
    return `${issue.path.join('.') || 'fault'}: ${issue.message}`;
  });
  throw new FaultError(problems.join('; '));
}
