import type { CcxtExchange } from './ccxt-instance.js';

/**
 * Rewrites an address so that it is reached through a gateway: `wss://HOST/PATH` becomes `<gateway>/HOST/PATH`.
 *
 * @param address - `http(s)` or `ws(s)` address; anything else is returned as it is.
 * @param gateway - Address of the gateway; its scheme decides between plain and TLS.
 */
export function throughGateway(address: string, gateway: string): string {
  const base = gateway.endsWith('/') ? gateway.slice(0, -1) : gateway;
  for (const scheme of ['https://', 'http://']) {
    if (address.startsWith(scheme)) return `${base}/${address.slice(scheme.length)}`;
  }
  for (const scheme of ['wss://', 'ws://']) {
    if (address.startsWith(scheme)) return `${base.replace('http', 'ws')}/${address.slice(scheme.length)}`;
  }
  return address;
}

/** Rewrites every address in a tree of addresses, in a copy. */
export function treeThroughGateway(tree: unknown, gateway: string): unknown {
  if (typeof tree === 'string') return throughGateway(tree, gateway);
  if (Array.isArray(tree)) return tree.map((item) => treeThroughGateway(item, gateway));
  if (typeof tree !== 'object' || tree === null) return tree;
  return Object.fromEntries(Object.entries(tree).map(([key, value]) => [key, treeThroughGateway(value, gateway)]));
}

/**
 * Says which exchange host an address calls and with which path, with or without a gateway in between.
 *
 * @returns Host with port, and the path without query.
 */
export function hostAndPath(address: string, gateway: string | undefined): { host: string; path: string } {
  const url = new URL(address);
  if (gateway === undefined) return { host: url.host, path: url.pathname };
  const prefix = new URL(gateway).pathname.replace(/\/$/, '');
  const [host = url.host, ...rest] = url.pathname.slice(prefix.length + 1).split('/');
  return { host, path: `/${rest.join('/')}` };
}

/** How ccxt begins the message of a failed call: exchange, method, address. What follows are the exchange's words. */
const REQUEST_LINE = /^\w+ [A-Z]+ (https?:\/\/\S+)/;

/**
 * Says which exchange host was called by the message of a failed call.
 *
 * @param message - ccxt's message; addresses in the exchange's own words are never taken for the host.
 * @param gateway - Address of the gateway, if there is one.
 * @returns The host, null when the message does not begin with the call.
 */
export function calledHost(message: string, gateway: string | undefined): string | null {
  const address = REQUEST_LINE.exec(message)?.[1];
  return address !== undefined && URL.canParse(address) ? hostAndPath(address, gateway).host : null;
}

/** Names the host of an exchange by the first address that its instance knows. */
export function exchangeHost(exchange: CcxtExchange, gateway: string | undefined): string {
  const usual = exchange.implodeHostname(firstAddress(exchange.urls.api) ?? 'http://unknown');
  return hostAndPath(usual, gateway).host;
}

function firstAddress(tree: unknown): string | undefined {
  if (typeof tree === 'string') return tree.startsWith('http') ? tree : undefined;
  if (typeof tree !== 'object' || tree === null) return undefined;
  for (const child of Object.values(tree)) {
    const found = firstAddress(child);
    if (found !== undefined) return found;
  }
  return undefined;
}
