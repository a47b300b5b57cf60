import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * Fails when an address cannot be listened on, before anything costly was started for it.
 *
 * Somebody may still take the port in between; listening itself then fails with the same error.
 *
 * @param port - The port; 0 is always free.
 * @param host - The address.
 * @throws {Error} As `listen` gives it: `EADDRINUSE`, `EACCES`, `EADDRNOTAVAIL`.
 */
export async function assertPortFree(port: number, host: string): Promise<void> {
  if (port === 0) return;
  const probe = createServer().listen({ port, host, exclusive: true });
  await once(probe, 'listening');
  probe.close();
  await once(probe, 'close');
}
