import { environmentName } from './setting-leaves.js';
import { isLoopback } from './settings.schema.js';

/** The settings that decide who reaches the service, as given: not all of them need to be valid. */
interface AccessSettings {
  readonly host?: unknown;
  readonly tls?: unknown;
  readonly trustedProxies?: unknown;
  readonly allowedHosts?: unknown;
}

const EVERY_ADDRESS: ReadonlySet<string> = new Set(['0.0.0.0', '::', '[::]']);
const named = (...at: string[]): string => `${at.join('.')} (${environmentName(at)})`;
const isFilled = (list: unknown): boolean => Array.isArray(list) && list.length > 0;

function tlsProblems(cert: unknown, key: unknown): string[] {
  if ((cert === undefined) === (key === undefined)) return [];
  const missing = cert === undefined ? 'cert' : 'key';
  return [`${named('tls', missing)}: is missing; give both tls.cert and tls.key, or neither`];
}

/**
 * Says what is wrong between the settings that decide who reaches the service: nothing may be offered to a network in
 * clear text, nor under a name that is refused.
 *
 * @param settings - As given in file and environment.
 * @returns Sentences with the remedy, none if all is well.
 */
export function accessProblems({ host, tls, trustedProxies, allowedHosts }: AccessSettings): string[] {
  const { cert, key } = (typeof tls === 'object' && tls !== null ? tls : {}) as { cert?: unknown; key?: unknown };
  const problems = tlsProblems(cert, key);
  if (typeof host !== 'string' || host === '' || isLoopback(host)) return problems;
  if (cert === undefined && key === undefined && !isFilled(trustedProxies)) {
    problems.push(
      `${named('host')}: must be 127.0.0.1, ::1 or localhost while neither TLS nor a proxy is set; give tls.cert and ` +
        'tls.key, or put a TLS proxy in front and name its address in trustedProxies; it was ' +
        JSON.stringify(host),
    );
  }
  if (EVERY_ADDRESS.has(host) && !isFilled(allowedHosts)) {
    problems.push(
      `${named('allowedHosts')}: must hold the names or addresses under which clients ask, since host is ` +
        `${JSON.stringify(host)}; under any other name they are refused`,
    );
  }
  return problems;
}
