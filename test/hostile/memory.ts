import { setTimeout as delay } from 'node:timers/promises';
import type { WatchedService } from '../contract/watched-service.js';

const MB = 1_048_576;
const LOOKS = 8;

/** The least heap that the service was seen to use within two seconds, and what the system gave it, MB. */
export async function memoryOf(service: WatchedService): Promise<{ readonly heapMb: number; readonly rssMb: number }> {
  const seen: { heapMb: number; rssMb: number }[] = [];
  // The least of some looks is near to what is really held: garbage comes and goes.
  for (let look = 0; look < LOOKS; look += 1) {
    const [heap, rss] = await Promise.all([
      service.figure('nodejs_heap_size_used_bytes'),
      service.figure('process_resident_memory_bytes'),
    ]);
    seen.push({ heapMb: heap / MB, rssMb: rss / MB });
    await delay(250);
  }
  return { heapMb: Math.min(...seen.map(({ heapMb }) => heapMb)), rssMb: Math.min(...seen.map(({ rssMb }) => rssMb)) };
}
