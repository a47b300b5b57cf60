import { environmentName } from './setting-leaves.js';
import { isLoopback } from './settings.schema.js';

/** The settings that decide how processes reach each other, as given: not all of them need to be valid. */
interface ClusterSettings {
  readonly role?: unknown;
  readonly nats?: unknown;
  readonly databaseUrl?: unknown;
}

/** Roles that share one PostgreSQL. A collector needs it only where it signs. */
const WITH_DATABASE: ReadonlySet<unknown> = new Set(['detector', 'gateway', 'recorder', 'keeper']);
const named = (...at: string[]): string => `${at.join('.')} (${environmentName(at)})`;

function hostOf(url: string): string {
  try {
    return new URL(url).hostname.replace(/^\[|\]$/g, '');
  } catch {
    return '';
  }
}

function natsProblems({ url, seedFile, ca, cert, key }: Record<string, unknown>): string[] {
  const problems: string[] = [];
  const hosts = (typeof url === 'string' ? url.split(',') : []).map(hostOf).filter((host) => !isLoopback(host));
  const why = `is missing; ${hosts.join(' and ')} lies beyond this machine`;
  if (hosts.length > 0 && seedFile === undefined) {
    problems.push(`${named('nats', 'seedFile')}: ${why}, and without it everybody there could speak for this role`);
  }
  if (hosts.length > 0 && ca === undefined) {
    problems.push(`${named('nats', 'ca')}: ${why}, and without TLS everybody on the way reads along`);
  }
  if ((cert === undefined) !== (key === undefined)) {
    problems.push(`${named('nats', cert === undefined ? 'cert' : 'key')}: is missing; give both of nats, or neither`);
  }
  return problems;
}

/**
 * Says what keeps a process from working with others: the broker is reached in clear text and by strangers on this machine
 * alone, and what several processes read and write lies in one database.
 *
 * @param settings - As given in file and environment.
 * @returns Sentences with the remedy, none if all is well.
 */
export function clusterProblems({ role, nats, databaseUrl }: ClusterSettings): string[] {
  if (typeof role !== 'string' || role === 'all') return [];
  const problems = natsProblems((typeof nats === 'object' && nats !== null ? nats : {}) as Record<string, unknown>);
  if (WITH_DATABASE.has(role) && databaseUrl === undefined) {
    problems.push(
      `${named('databaseUrl')}: is missing; a ${role} shares a PostgreSQL with the other processes, and the embedded one ` +
        'serves a single process',
    );
  }
  return problems;
}
