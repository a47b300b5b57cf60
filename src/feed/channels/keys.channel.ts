import { map } from 'rxjs';
import { z } from 'zod';
import type { KeyHealthFeed, KeyView } from '../../keys/index.js';
import { type ChannelSource, exchangesField, parseFilter } from '../channel-source.js';

const schema = z.strictObject({ exchanges: exchangesField });

/** Health and findings of the stored keys, for holders of a token that may read them; a secret never appears. */
export function keysChannel(keys: KeyHealthFeed): ChannelSource<KeyView> {
  return {
    name: 'keys',
    scope: 'keys:read',
    steps$: keys.changes$.pipe(
      map(({ event, key }) => ({
        kind: event === 'removed' ? ('gone' as const) : ('state' as const),
        key: key.id,
        subject: key,
        body: { event, key },
      })),
    ),
    snapshot: () => keys.snapshot().map((key) => ({ key: key.id, subject: key, body: key })),
    filter: (raw) => {
      const applied = parseFilter(schema, raw);
      const exchanges = applied.exchanges && new Set(applied.exchanges);
      return {
        applied,
        hasFigures: false,
        concerns: ({ exchange }) => exchanges?.has(exchange) ?? true,
        matches: () => true,
      };
    },
  };
}
