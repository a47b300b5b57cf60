import { BlockList, isIP, isIPv6 } from 'node:net';
import { isLoopback, type Settings } from '../config/index.js';

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

/** An IPv4 client of a socket that takes both has an address such as ::ffff:10.0.0.1. */
function plainOf(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '');
}

function holds(list: BlockList, address: string): boolean {
  return isIP(address) !== 0 && list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}

function listOf(addresses: readonly string[]): BlockList {
  const list = new BlockList();
  for (const address of addresses) {
    const [base = '', bits] = address.split('/');
    const family = isIPv6(base) ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(base, family);
    else list.addSubnet(base, Number(bits), family);
  }
  return list;
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
  /** Whether programs on this machine may read without a token: nobody else reaches it, and no proxy stands before. */
  private readonly isOpenLocally: boolean;
  /** Whose word is taken for where a request comes from. */
  private readonly proxies: BlockList;
  /** Who may connect; null for everybody that can. */
  private readonly peers: BlockList | null;

  /** @param settings - The address listened on, further allowed names, with or without a port, and stated proxies. */
  constructor(settings: Pick<Settings, 'host' | 'allowedHosts' | 'tls' | 'trustedProxies'>) {
    this.isOpenLocally = isLoopback(settings.host) && settings.trustedProxies.length === 0;
    this.proxies = listOf(settings.trustedProxies);
    const isInClear = !isLoopback(settings.host) && settings.tls.cert === undefined;
    this.peers = isInClear ? listOf(['127.0.0.0/8', '::1', ...settings.trustedProxies]) : null;
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

  /**
   * Whether a connection may ask at all: without TLS beyond loopback only the stated proxies may, and programs on this
   * machine, since tokens of others would cross the network in clear text.
   */
  allowsPeer(address: string | undefined): boolean {
    if (!this.peers) return true;
    return holds(this.peers, plainOf(address ?? ''));
  }

  /**
   * The address that a request comes from: the last one of `X-Forwarded-For` that no stated proxy has, or that of the
   * connection itself. What a client claims of itself stands before what the first proxy adds, and counts for nothing.
   */
  clientOf(peer: string | undefined, headers: Headers): string {
    let client = plainOf(peer ?? '');
    const forwarded = headers['x-forwarded-for'];
    const told = typeof forwarded === 'string' ? forwarded.split(',').map((one) => plainOf(one.trim())) : [];
    for (let next = told.pop(); next !== undefined && holds(this.proxies, client); next = told.pop()) {
      if (isIP(next) === 0) break;
      client = next;
    }
    return client;
  }

  /** Whether a request comes from this machine itself: asked under a loopback name, and not through a proxy. */
  isLocal(headers: Headers): boolean {
    if (!this.isOpenLocally) return false;
    const host = typeof headers['host'] === 'string' ? nameOf(headers['host']) : null;
    return host !== null && LOOPBACK_NAMES.has(host) && PROXY_HEADERS.every((name) => headers[name] === undefined);
  }
}
