import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { checkServerIdentity, type PeerCertificate } from 'node:tls';
import { fromSeed } from '@nats-io/nkeys';
import {
  type Authenticator,
  connect,
  errors,
  type NatsConnection,
  type NodeConnectionOptions,
  nkeyAuthenticator,
} from '@nats-io/transport-node';
import { type Settings, StartupError } from '../config/index.js';
import { readPrivateFile } from './private-file.js';

/** Between two attempts to reach the servers, milliseconds. */
const RETRY_MS = 250;
/** An attempt takes no longer, milliseconds. */
const ATTEMPT_MS = 5_000;
/** A server that answers no ping for so long, twice, is left: a cut cable says nothing. */
const PING_MS = 2_000;
/** How OpenSSL and Node.js call what is wrong with a certificate or with what holds one. */
const TLS_FAULT = /^(CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERR_TLS_|ERR_SSL_|ERR_OSSL_|HOSTNAME_MISMATCH)/;

type Who = Pick<Settings, 'nats' | 'role'>;

/**
 * Connects; waits for the servers as long as it takes, since they may start later than we do.
 *
 * @param settings - Where they are and who we are.
 * @param name - Under which the servers list us.
 * @throws {StartupError} If a file cannot be read, or if no waiting helps: they refuse us, or are not who they should be.
 */
export async function openConnection(settings: Who, name: string): Promise<NatsConnection> {
  const options = connectionOptions(settings, name);
  for (;;) {
    try {
      return await connect(options);
    } catch (error) {
      const reason = refusalOf(error, settings.nats);
      if (reason !== null) throw new StartupError(reason);
    }
    await delay(RETRY_MS);
  }
}

/** Whether the servers do not take us for who we say we are. */
export function isRefusedLogin(error: unknown): boolean {
  return error instanceof errors.AuthorizationError && !/timeout/i.test(error.message);
}

/** Why no waiting helps, with the remedy; null where it may. */
function refusalOf(error: unknown, { url, seedFile, ca }: Settings['nats']): string | null {
  if (isRefusedLogin(error)) {
    return seedFile === undefined
      ? `nats.seedFile: is missing; ${url} lets nobody in without the seed of a role`
      : `nats.seedFile: ${url} refuses the seed in ${seedFile}; give the one of this role that belongs to its nats.conf`;
  }
  const { message, code, cause } = error as Error & { code?: unknown };
  if (message.includes("does not support 'tls'")) {
    return `nats.ca: ${url} offers no TLS; give its servers a certificate, or on this machine leave nats.ca out`;
  }
  const fault = [code, (cause as { code?: unknown } | undefined)?.code].find(
    (one): one is string => typeof one === 'string' && TLS_FAULT.test(one),
  );
  if (fault === undefined) return null;
  const remedy = ca === undefined ? 'name the PEM file of the authority that signed it' : `${ca} must have signed it`;
  return `nats.ca: the certificate of ${url} is not accepted (${fault}: ${message}); ${remedy}`;
}

function connectionOptions({ nats, role }: Who, name: string): NodeConnectionOptions {
  const { url, seedFile } = nats;
  const servers = url.split(',');
  return {
    servers: servers.map((server) => server.replace(/^(nats|tls):\/\//, '')),
    name,
    inboxPrefix: inboxOf(role),
    timeout: ATTEMPT_MS,
    maxReconnectAttempts: -1,
    reconnectTimeWait: RETRY_MS,
    reconnectJitter: RETRY_MS,
    reconnectJitterTLS: RETRY_MS,
    pingInterval: PING_MS,
    maxPingOut: 2,
    // A seed may be replaced here and there at different moments: who is refused looks into its file again.
    ignoreAuthErrorAbort: true,
    ...(seedFile === undefined ? {} : { authenticator: seedIn(seedFile) }),
    ...tlsOptions(nats, servers),
  };
}

function tlsOptions(
  { ca, cert, key }: Settings['nats'],
  servers: readonly string[],
): Pick<NodeConnectionOptions, 'tls'> {
  if (ca === undefined && !servers.some((server) => server.startsWith('tls://'))) return {};
  for (const [setting, file] of Object.entries({ ca, cert, key })) {
    if (file !== undefined) assertReadable(`nats.${setting}`, file);
  }
  const given = {
    ...(ca === undefined ? {} : { caFile: ca }),
    ...(cert !== undefined && key !== undefined ? { certFile: cert, keyFile: key } : {}),
    // Passed on to Node.js as it is, though its type does not say so.
    checkServerIdentity: identityCheck(servers),
  };
  return { tls: given };
}

/**
 * Servers named by an address are checked for that address: the client does not tell Node.js which one it has dialled, and a
 * certificate for "localhost" would do.
 */
function identityCheck(servers: readonly string[]): typeof checkServerIdentity {
  const hosts = servers.map((server) => new URL(server).hostname.replace(/^\[|\]$/g, ''));
  const addresses = hosts.filter((host) => isIP(host) !== 0);
  return (host: string, certificate: PeerCertificate): Error | undefined => {
    if (hosts.includes(host) || addresses.length === 0) return checkServerIdentity(host, certificate);
    const faults = addresses.map((address) => checkServerIdentity(address, certificate));
    return faults.includes(undefined) ? undefined : faults[0];
  };
}

/** Proves who we are with the seed that the file holds now; with the last good one while it cannot be read. */
function seedIn(file: string): Authenticator {
  const read = (): Uint8Array => {
    const seed = new TextEncoder().encode(readPrivateFile('nats.seedFile', file).trim());
    try {
      fromSeed(seed);
    } catch {
      throw new StartupError(`nats.seedFile: ${file} holds no nkey seed; it is one line that begins with SU`);
    }
    return seed;
  };
  let seed = read();
  return nkeyAuthenticator(() => {
    try {
      seed = read();
    } catch {
      // It is being replaced, or gone: the servers say whether the last one still holds.
    }
    return seed;
  });
}

function assertReadable(setting: string, file: string): void {
  try {
    readFileSync(file);
  } catch (error) {
    const { code = 'error' } = error as NodeJS.ErrnoException;
    throw new StartupError(`${setting}: cannot read ${file} (${code}); name a file that the service may read`);
  }
}

/**
 * @param role - Whose.
 * @returns Under which its answers come: no role hears those of another.
 */
export function inboxOf(role: string): string {
  return `_INBOX_${role}`;
}
