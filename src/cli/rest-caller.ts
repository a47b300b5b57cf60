import { readFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { isLoopback, type Settings } from '../platform/config/index.js';
import { CliError } from './cli.errors.js';

/** Longest wait for an answer; a check waits for its exchange for at most 30 s. */
const TIMEOUT_MS = 45_000;
/** Longest wait for a connection to this machine. */
const CONNECT_TIMEOUT_MS = 2_000;

type Environment = Readonly<Record<string, string | undefined>>;

/** Where the service answers, and whether somebody said so by name. */
export interface ServiceAddress {
  readonly url: URL;
  readonly isNamed: boolean;
}

/**
 * Finds the address of the service.
 *
 * @param environment - `CROSSBOOK_URL` overrides the settings.
 * @throws {CliError} When there is none, or secrets would cross a network in clear text.
 */
export function serviceAddress(
  settings: Pick<Settings, 'host' | 'port' | 'tls'>,
  environment: Environment,
): ServiceAddress {
  const named = environment['CROSSBOOK_URL'];
  if (named === undefined && settings.port === 0) {
    throw new CliError(
      'port is 0, so the address of the service is not known; set CROSSBOOK_URL to the one it printed',
    );
  }
  const scheme = settings.tls.cert === undefined ? 'http' : 'https';
  const text = named ?? `${scheme}://${reachable(settings.host)}:${settings.port}`;
  if (!URL.canParse(text))
    throw new CliError(`CROSSBOOK_URL must be an address such as http://127.0.0.1:8080, was "${text}"`);
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') throw new CliError('CROSSBOOK_URL must hold no user and no password');
  const isLocal = isLoopback(url.hostname.replace(/^\[|\]$/g, ''));
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLocal)) {
    throw new CliError(
      `${url.origin} would send keys over the network in clear text; use https:// or run this on its machine`,
    );
  }
  return { url, isNamed: named !== undefined };
}

/** Where a service that listens on an address is reached from this machine. */
function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}

/** Finds the token: `CROSSBOOK_TOKEN`, else the file that the service wrote at its first start. */
export function adminToken(settings: Pick<Settings, 'dataDir'>, environment: Environment): string {
  const given = environment['CROSSBOOK_TOKEN']?.trim();
  if (given !== undefined && given !== '') return given;
  const file = path.join(settings.dataDir, 'admin.token');
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? 'error';
    const remedy = 'set dataDir to that of the service, or CROSSBOOK_TOKEN to its token';
    throw new CliError(`the token ${file} cannot be read (${reason}); ${remedy}`, undefined, { cause: error });
  }
}

/** Whether anything listens at an address; asked without a word, so that no stranger learns anything. */
export function isListening(url: URL): Promise<boolean> {
  const socket = net.connect({
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port || (url.protocol === 'https:' ? 443 : 80)),
  });
  return new Promise((resolve) => {
    const end = (isThere: boolean) => (): void => {
      socket.destroy();
      resolve(isThere);
    };
    socket.setTimeout(CONNECT_TIMEOUT_MS, end(false));
    socket.once('connect', end(true)).once('error', end(false));
  });
}

/** Speaks REST to a running service, with a token. */
export class RestCaller {
  constructor(
    private readonly url: URL,
    private readonly token: string,
  ) {}

  /**
   * Asks and reads the whole answer.
   *
   * @returns What it says; null where it is empty.
   * @throws {CliError} With the detail of a refusal, or that what answers is not Crossbook.
   */
  async call(method: string, target: string, body?: unknown): Promise<unknown> {
    const response = await this.fetch(method, target, body);
    const text = await response.text();
    if (response.ok && text === '') return null;
    const answer = parse(text);
    if (response.ok && answer !== null) return answer;
    throw this.refusal(text);
  }

  /** What a refusal says, as an error for people. */
  refusal(text: string): CliError {
    const detail = parse(text)?.['detail'];
    return typeof detail === 'string' ? new CliError(detail) : this.stranger();
  }

  /** Asks, and leaves the reading to the caller. */
  async fetch(method: string, target: string, body: unknown, accept = 'application/json'): Promise<Response> {
    const headers = { Authorization: `Bearer ${this.token}`, 'Content-Type': 'application/json', Accept: accept };
    const json = body === undefined ? {} : { body: JSON.stringify(body) };
    const url = new URL(`${this.url.pathname.replace(/\/$/, '')}${target}`, this.url);
    try {
      // A redirect would carry the token to wherever it points.
      const signal = AbortSignal.timeout(TIMEOUT_MS);
      return await fetch(url, { method, headers, ...json, redirect: 'error', signal });
    } catch (error) {
      const cause = (error as { cause?: { code?: string; errors?: { code?: string }[] } }).cause;
      const code = cause?.code ?? cause?.errors?.[0]?.code ?? (error as Error).name;
      if (/CERT|TLS|SELF_SIGNED|ISSUER/.test(code)) {
        const remedy =
          'set CROSSBOOK_URL to a name that stands in it, and NODE_EXTRA_CA_CERTS to the file of its authority';
        throw new CliError(
          `the certificate of ${this.url.origin} is not trusted here (${code}); ${remedy}`,
          undefined,
          {
            cause: error,
          },
        );
      }
      const message = `no service answers at ${this.url.origin} (${code}); start it, or set CROSSBOOK_URL to where it runs`;
      throw new CliError(message, undefined, { cause: error });
    }
  }

  /** What to say when something else answers there. */
  stranger(): CliError {
    return new CliError(`what answers at ${this.url.origin} is not Crossbook; set CROSSBOOK_URL to where it runs`);
  }
}

function parse(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null; // Not ours: the caller says so.
  }
}
