import { signal } from '@preact/signals';
import type { ChannelMessage } from '../../../../src/client/index.js';
import { follow } from '../../live/connection.js';
import { inNextFrame } from '../../live/frames.js';
import type { ShownKey } from './key-shapes.js';

/** Every stored key by id; null before the first word of the service. */
export const keys = signal<ReadonlyMap<string, ShownKey> | null>(null);

/** Why the service does not tell of keys, in its words; null while it does. */
export const keysRefusal = signal<string | null>(null);

/** Follows the health of all keys; needs a token. Ends with what is returned. */
export function followKeys(): () => void {
  const known = new Map<string, ShownKey>();
  keysRefusal.value = null;
  const take = (message: ChannelMessage<'keys'>): void => {
    if (message.type === 'snapshot') {
      known.clear();
      for (const key of message.data) known.set(key.id, key as unknown as ShownKey);
    } else {
      for (const { event, key } of message.data) {
        if (event === 'removed') known.delete(key.id);
        else known.set(key.id, key as unknown as ShownKey);
      }
    }
    inNextFrame(() => (keys.value = new Map(known)));
  };
  const end = follow('keys', {}, take, (words) => (keysRefusal.value = words));
  return () => {
    end();
    keys.value = null;
  };
}
