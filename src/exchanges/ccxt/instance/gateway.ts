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
