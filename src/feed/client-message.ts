import { z } from 'zod';
import { describeIssues, shownValue } from '../platform/http/index.js';
import { type FaultCode, FeedFault } from './feed.errors.js';
import { MAX_CONFLATE_MS, MIN_CONFLATE_MS } from './feed-limits.js';

const id = z.string().min(1).max(64);
const optionalId = id.nullable().default(null);

const mode = z.union(
  [z.literal('all'), z.strictObject({ conflateMs: z.int().min(MIN_CONFLATE_MS).max(MAX_CONFLATE_MS) })],
  {
    error: `must be "all" or {"conflateMs": ${MIN_CONFLATE_MS} to ${MAX_CONFLATE_MS}}`,
  },
);

const SCHEMAS = {
  auth: z.strictObject({ op: z.literal('auth'), id: optionalId, token: z.string().min(1).max(512) }),
  subscribe: z.strictObject({
    op: z.literal('subscribe'),
    id,
    channel: z.string().max(64),
    filter: z.unknown().optional(),
    mode: mode.default('all'),
    since: z.strictObject({ epoch: z.string().max(64), seq: z.int().min(0) }).optional(),
  }),
  unsubscribe: z.strictObject({ op: z.literal('unsubscribe'), id: optionalId, sub: z.string().max(64) }),
  list: z.strictObject({ op: z.literal('list'), id: optionalId }),
  ping: z.strictObject({ op: z.literal('ping'), id: optionalId }),
} as const;

type Op = keyof typeof SCHEMAS;
type MessageOf<K extends Op> = z.infer<(typeof SCHEMAS)[K]>;

export type AuthMessage = MessageOf<'auth'>;
export type SubscribeMessage = MessageOf<'subscribe'>;
export type UnsubscribeMessage = MessageOf<'unsubscribe'>;
export type ListMessage = MessageOf<'list'>;
export type PingMessage = MessageOf<'ping'>;
/** Which events of a subscription are sent: every one, or the newest state per key and window. */
export type Mode = SubscribeMessage['mode'];

/** What the socket layer hands to the gateway: a checked message under its `op`, or why there is none under `fault`. */
export type Incoming =
  { readonly event: Op; readonly data: MessageOf<Op> } | { readonly event: 'fault'; readonly data: unknown };

const FAULT_BY_FIELD: Readonly<Record<string, FaultCode>> = { mode: 'bad_mode', since: 'bad_since' };

function isOp(op: unknown): op is Op {
  return typeof op === 'string' && Object.hasOwn(SCHEMAS, op);
}

function read(text: string): Incoming {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    // Not repeated: a message that was cut off may hold a token.
    throw new FeedFault('bad_json', `the message is not valid JSON, it has ${text.length} characters`);
  }
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    throw new FeedFault('bad_message', `a message must be a JSON object such as {"op":"ping"}, was ${shownValue(raw)}`);
  }
  const { op, id: rawId } = raw as { op?: unknown; id?: unknown };
  const readId = id.safeParse(rawId).data ?? null;
  if (!isOp(op)) {
    const known = Object.keys(SCHEMAS).join(', ');
    throw new FeedFault('unknown_op', `op must be one of ${known}, was ${shownValue(op)}`, readId);
  }
  const parsed = SCHEMAS[op].safeParse(raw);
  if (parsed.success) return { event: op, data: parsed.data };
  // A token that stands in the wrong place must not come back in the error.
  const shown = 'token' in raw ? { ...raw, token: '[redacted]' } : raw;
  const problems = describeIssues(parsed.error, shown, Object.keys(SCHEMAS[op].shape));
  const field = String(parsed.error.issues[0]?.path[0] ?? '');
  throw new FeedFault(FAULT_BY_FIELD[field] ?? 'bad_message', problems.map((p) => p.message).join('; '), readId);
}

/**
 * Reads one message of a client.
 *
 * @param data - The frame: text as a string, anything else is binary.
 * @returns The checked message, or what was thrown instead, usually a {@link FeedFault} that names what is wrong. Never
 * throws: the framework would stop reading this client without a word.
 */
export function readClientMessage(data: unknown): Incoming {
  try {
    if (typeof data !== 'string')
      throw new FeedFault('binary', 'messages are JSON in text frames, this one was binary');
    return read(data);
  } catch (error) {
    return { event: 'fault', data: error };
  }
}
