import type { Settings } from '../config/index.js';

const HOST = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::\d{1,5})?$/i;
const LOOPBACK_NAMES: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);
/** Headers that only a proxy adds: whoever sends one does not sit at this machine. */
const PROXY_HEADERS = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip'] as const;

/** The headers of a request, as node gives them. */
type Headers = Readonly<Record<string, string | string[] | undefined>>;

function nameOf(host: string): string | null {
  return HOST.exec(host)?.[1]?.toLowerCase() ?? null;
}

function bracketed(host: string): string {
  return (
    host.includes(':') && !host.startsWith('[') && /^[0-9a-f:.]+$/i.test(host) ? `[${host}]` : host
  ).toLowerCase();
}

/**
 * Decides under which names the service may be asked.
 *
 * A page of a stranger can make a browser send requests to loopback: by a name of its own that resolves to 127.0.0.1
 * (DNS rebinding; the `Host` header tells) or from its own address (the `Origin` header tells). Both are checked on
 * every request and every WebSocket upgrade.
 */
export class HostPolicy {
  private readonly names: ReadonlySet<string>;

  /** @param settings - The address listened on and further allowed names, with or without a port. */
  constructor(settings: Pick<Settings, 'host' | 'allowedHosts'>) {
    const own = [settings.host, ...settings.allowedHosts].map(bracketed);
    this.names = new Set([...LOOPBACK_NAMES, ...own.map((host) => nameOf(host) ?? host)]);
  }

  /** Whether a `Host` header names this service. */
  allowsHost(host: string | undefined): boolean {
    const name = host === undefined ? null : nameOf(host);
    return name !== null && this.names.has(name);
  }

  /** Whether a request with this `Origin` may be answered; programs send none, browsers always do. */
  allowsOrigin(origin: string | undefined): boolean {
    if (origin === undefined) return true;
    const match = /^https?:\/\/(.+)$/i.exec(origin);
    return this.allowsHost(match?.[1]);
  }

  /** Whether a request comes from this machine itself: asked under a loopback name, and not through a proxy. */
  isLocal(headers: Headers): boolean {
    const host = typeof headers['host'] === 'string' ? nameOf(headers['host']) : null;
    return host !== null && LOOPBACK_NAMES.has(host) && PROXY_HEADERS.every((name) => headers[name] === undefined);
  }
}
