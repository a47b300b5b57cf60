import { computed, effect, signal } from '@preact/signals';
import { type Channel, type ChannelMessage, type Channels, CrossbookClient } from '../../../src/client/index.js';
import { now, sawSentAt } from './now.js';
import { token } from './session.js';

/** Every exchange tells its state once a second: after this much silence what is on the screen is old. */
const STALE_AFTER_MS = 2_500;
/** Messages that come so much later than the quickest of the last minute are late. */
const BEHIND_AFTER_MS = 1_500;
/** Somebody watches: a service that is back is found soon. */
const LONGEST_WAIT_MS = 3_000;

/** What the screen is worth now. */
export type LinkState = 'connecting' | 'live' | 'behind' | 'stale' | 'disconnected' | 'refused';

const clientState = signal<'connecting' | 'live' | 'behind' | 'closed'>('connecting');
const heardAtMs = signal(0);
const delayMs = signal(0);
const wasLive = signal(false);

/** Why the service wants nothing of us, in its words; null while it does. */
export const refusal = signal<string | null>(null);

/** What the screen is worth now: only `live` may be trusted. */
export const link = computed<LinkState>(() => {
  if (refusal.value !== null) return 'refused';
  const state = clientState.value;
  if (state === 'connecting' || state === 'closed') return wasLive.value ? 'disconnected' : 'connecting';
  if (heardAtMs.value === 0) return 'connecting';
  if (now.value - heardAtMs.value > STALE_AFTER_MS) return 'stale';
  return state === 'behind' || delayMs.value > BEHIND_AFTER_MS ? 'behind' : 'live';
});

/** When the last message came, by this machine's clock, epoch ms; 0 before the first. */
export const lastHeardMs = computed(() => heardAtMs.value);

/** How much later than usual messages come, milliseconds. */
export const lateMs = computed(() => delayMs.value);

interface Wanted {
  open(client: CrossbookClient): () => void;
  close: (() => void) | null;
}

let client: CrossbookClient | null = null;
const wanted = new Set<Wanted>();

/**
 * Subscribes to a channel for as long as somebody looks, over every reconnect and change of token.
 *
 * @param channel - Which.
 * @param request - Filter and mode.
 * @param take - Takes each message.
 * @param refuse - Told where the service wants to tell no more; without it the whole page says so.
 * @returns Ends it.
 */
export function follow<C extends Channel>(
  channel: C,
  request: { filter?: Channels[C]['filter']; mode?: 'all' | { conflateMs: number } },
  take: (message: ChannelMessage<C>) => void,
  refuse: (words: string) => void = refuseAll,
): () => void {
  const want: Wanted = {
    open: (on) => {
      const subscription = on.subscribe(channel, request).subscribe({
        next: (message) => {
          heard(message as { sentAtMs?: number });
          take(message);
        },
        error: (error: unknown) => {
          refuse(wordsOf(error));
        },
      });
      return () => {
        subscription.unsubscribe();
      };
    },
    close: null,
  };
  wanted.add(want);
  if (client) want.close = want.open(client);
  return () => {
    wanted.delete(want);
    want.close?.();
  };
}

function refuseAll(words: string): void {
  refusal.value = words;
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function heard({ sentAtMs }: { sentAtMs?: number }): void {
  heardAtMs.value = Date.now();
  wasLive.value = true;
  if (sentAtMs !== undefined) delayMs.value = sawSentAt(sentAtMs);
}

function connect(withToken: string): () => void {
  const url = `${location.origin.replace(/^http/, 'ws')}/v1/stream`;
  const own = new CrossbookClient({ url, maxWaitMs: LONGEST_WAIT_MS, ...(withToken !== '' && { token: withToken }) });
  refusal.value = null;
  client = own;
  const states = own.state$.subscribe({
    next: (state) => (clientState.value = state),
    error: (error: unknown) => {
      refuseAll(wordsOf(error));
    },
  });
  for (const want of wanted) want.close = want.open(own);
  return () => {
    states.unsubscribe();
    for (const want of wanted) want.close?.();
    own.close();
    client = null;
  };
}

/** Connects, and again with each change of the token. */
export function start(): void {
  let end: (() => void) | null = null;
  effect(() => {
    const withToken = token.value;
    end?.();
    end = connect(withToken);
  });
}
