import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { WebSocket } from 'ws';
import { parse } from 'yaml';
import { CLUSTER_FAMILIES } from '../../src/cluster/cluster-metrics.js';
import { type ExposedFamily, parseExposition, sumOf } from '../metrics/exposition.js';
import { metricsIn } from '../metrics/promql.js';
import { Stack, TemporaryDirectory } from '../support/stack.js';
import { waitFor } from '../support/wait-for.js';

type Families = ReadonlyMap<string, ExposedFamily>;

const docs = path.resolve(import.meta.dirname, '../../docs');
const guide = readFileSync(path.join(docs, 'metrics.md'), 'utf8');

/** Rows of the tables of metrics: name, type, labels and meaning. */
const documented = new Map(
  [...guide.matchAll(/^\| `(crossbook_\w+)` +\| (\w+) +\| (.+?) +\| (.+?) +\|$/gm)].map(
    ([, name = '', type = '', labels = '', help = '']) => {
      return [name, { type, labels: [...labels.matchAll(/`(\w+)`/g)].map(([, label]) => label), help }] as const;
    },
  ),
);

/** What this service does not tell, since it is no member of a cluster, but guide and dashboard speak of. */
const ofCluster = CLUSTER_FAMILIES.map(({ name, type, help, labels }): [string, ExposedFamily] => {
  const sample = { name, labels: Object.fromEntries(labels.map((label) => [label, ''])), value: 0 };
  return [name, { name, type, help, samples: [sample] }];
});

/** Labels that the conventions of the format add, or Prometheus does. */
const ADDED = ['le', 'job', 'instance'];

/** Says what of an expression the program does not tell. */
function unknownIn(expression: string, families: Families): string[] {
  const { uses, grouping } = metricsIn(expression);
  const labelsOf = (name: string): Set<string> => {
    const family = families.get(name) ?? families.get(name.replace(/_(bucket|sum|count)$/, ''));
    const labels = documented.get(family?.name ?? '')?.labels ?? [];
    return new Set([...labels.map(String), ...ADDED, ...Object.keys(family?.samples[0]?.labels ?? {})]);
  };
  const known = (name: string): boolean => {
    if (name === 'up') return true;
    const family = families.get(name);
    // A histogram is never read by its bare name.
    if (family) return family.type !== 'histogram';
    return families.get(name.replace(/_(bucket|sum|count)$/, ''))?.type === 'histogram';
  };
  const all = uses.map(({ name }) => labelsOf(name));
  return [
    ...uses.filter(({ name }) => !known(name)).map(({ name }) => name),
    ...uses.flatMap(({ name, labels }) =>
      labels.filter((label) => !labelsOf(name).has(label)).map((label) => `${name}{${label}}`),
    ),
    ...grouping.filter((label) => !all.some((labels) => labels.has(label))).map((label) => `by ${label}`),
  ];
}

describe('the metrics of a running service', () => {
  const directory = new TemporaryDirectory();
  const stack = new Stack(directory.path);
  let simulator: string;
  let service: Awaited<ReturnType<Stack['service']>>;
  let socket: WebSocket;
  let apiKey: string;
  let messages = 0;

  const scrape = async (headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${service.url}/metrics`, { headers });
  const families = async (): Promise<Families> =>
    new Map([...parseExposition(await (await scrape()).text()), ...ofCluster]);

  beforeAll(async () => {
    simulator = await stack.simulator(5);
    service = await stack.service({
      CROSSBOOK_EXCHANGE_GATEWAY: simulator,
      CROSSBOOK_SYMBOLS: 'BTC/USDT,ETH/USDT,SOL/USDT,XRP/USDT,USDT/USD,USDC/USDT',
      CROSSBOOK_LOG_LEVEL: 'debug',
    });
    const scopes = { read: true, trade: false, withdraw: true, transfer: false };
    const body = JSON.stringify({ exchange: 'okx', scopes, ipList: [] });
    const made = await fetch(`${simulator}/__sim/keys`, { method: 'POST', body });
    const key = (await made.json()) as { apiKey: string; secret: string; passphrase: string };
    ({ apiKey } = key);
    await service.client.post('/v1/keys', { exchange: 'okx', label: 'can withdraw', acceptWithdrawal: true, ...key });
    socket = await service.client.stream(['opportunities', 'spreads', 'exchanges'], () => (messages += 1));
  }, 90_000);

  afterAll(async () => {
    socket.terminate();
    await stack.stop();
    directory.remove();
  }, 30_000);

  it('move with the markets, the clients and the rows', async () => {
    const before = await families();
    const grown = [
      ...['crossbook_exchange_messages_total', 'crossbook_book_updates_total', 'crossbook_detection_inputs_total'],
      ...['crossbook_refusals_total', 'crossbook_opportunities_opened_total', 'crossbook_opportunities_closed_total'],
      ...['crossbook_opportunity_updates_total', 'crossbook_recorder_rows_total', 'crossbook_feed_messages_sent_total'],
      ...['crossbook_event_loop_delay_seconds_count', 'crossbook_detection_queue_seconds_count'],
      ...['crossbook_signed_calls_total', 'process_cpu_seconds_total'],
    ];
    let after = before;
    const still = (): string[] => grown.filter((name) => sumOf(after, name) <= sumOf(before, name));
    await waitFor(
      'everything moved',
      async () => {
        await new Promise((resolve) => setTimeout(resolve, 400));
        after = await families();
        return still().length === 0;
      },
      60_000,
    ).catch(() => {
      expect(still()).toEqual([]);
    });
    // Every message told to this client, the only one, and its greeting and acknowledgements.
    expect(sumOf(after, 'crossbook_feed_messages_sent_total')).toBeGreaterThan(3);
    expect(messages).toBeGreaterThan(3);
  }, 90_000);

  it('tell of every exchange as GET /v1/exchanges does', async () => {
    const told = await families();
    interface Status {
      id: string;
      status: string;
      updates: number;
      messages: number;
      symbols: { state: string }[];
    }
    const { data } = await service.client.get<{ data: Status[] }>('/v1/exchanges');
    expect(data.length).toBeGreaterThan(1);
    for (const { id: exchange, status, updates, messages: received, symbols } of data) {
      const of = (name: string, labels: Record<string, string> = {}): number =>
        sumOf(told, `crossbook_${name}`, { exchange, ...labels });
      expect(of('exchange_state', { state: status })).toBe(1);
      expect(of('exchange_state')).toBe(1);
      expect(of('books')).toBe(symbols.length);
      expect(of('books', { state: 'unavailable' })).toBe(symbols.filter((one) => one.state === 'unavailable').length);
      expect(of('book_updates_total')).toBeGreaterThan(0);
      expect(of('book_updates_total')).toBeLessThanOrEqual(updates);
      expect(of('exchange_messages_total')).toBeLessThanOrEqual(received);
      expect(Math.abs(of('exchange_clock_offset_seconds'))).toBeLessThan(5);
    }
  });

  it('tell of clients, keys and requests, and nothing that names a key but our own id', async () => {
    await fetch(`${service.url}/v1/opportunities/no-such-one`);
    await fetch(`${service.url}/no/such/path`);
    const told = await families();
    expect(sumOf(told, 'crossbook_feed_clients')).toBe(1);
    expect(sumOf(told, 'crossbook_feed_subscriptions')).toBe(3);
    expect(sumOf(told, 'crossbook_feed_subscriptions', { channel: 'spreads' })).toBe(1);
    expect(sumOf(told, 'crossbook_key_findings', { exchange: 'okx', severity: 'critical' })).toBeGreaterThan(0);
    expect(sumOf(told, 'crossbook_key_checks_total', { exchange: 'okx', outcome: 'ok' })).toBeGreaterThan(0);
    const [key] = (await service.client.get<{ data: { id: string; fingerprint: string }[] }>('/v1/keys')).data;
    expect(sumOf(told, 'crossbook_key_last_checked_timestamp_seconds', { key_id: key!.id })).toBeGreaterThan(1e9);
    const requests = (labels: Record<string, string>): number => sumOf(told, 'crossbook_http_requests_total', labels);
    expect(requests({ method: 'GET', route: '/v1/opportunities/:id', status: '404' })).toBe(1);
    expect(requests({ route: 'none', status: '404' })).toBe(1);
    expect(requests({ method: 'POST', route: '/v1/keys', status: '201' })).toBe(1);
    const text = await (await scrape()).text();
    for (const secret of [apiKey, key!.fingerprint, 'can withdraw', 'no-such-one', '/no/such/path']) {
      expect(text).not.toContain(secret);
    }
  });

  it('are each listed in the guide with type, labels and meaning, and no other is', async () => {
    const told = await families();
    const ours = [...told.values()].filter(({ name }) => name.startsWith('crossbook_'));
    expect(ours.map(({ name }) => name).sort()).toEqual([...documented.keys()].sort());
    for (const { name, type, help, samples } of ours) {
      expect({ name, type, help }).toEqual({ name, ...documented.get(name), labels: undefined });
      for (const sample of samples) {
        const labels = Object.keys(sample.labels).filter((label) => label !== 'le');
        expect({ name, labels: labels.sort() }).toEqual({ name, labels: [...documented.get(name)!.labels].sort() });
      }
    }
  });

  it('are what the dashboard shows, all of them', async () => {
    const told = await families();
    interface Panel {
      type: string;
      title: string;
      gridPos: { h: number; w: number; x: number; y: number };
      datasource?: { uid: string };
      targets?: { expr: string; refId: string; datasource: { uid: string } }[];
    }
    const dashboard = JSON.parse(readFileSync(path.join(docs, 'grafana/crossbook.json'), 'utf8')) as {
      uid: string;
      title: string;
      templating: { list: { name: string; type: string; query: unknown }[] };
      panels: (Panel & { id: number })[];
    };
    expect(dashboard).toMatchObject({ uid: 'crossbook', title: 'Crossbook' });
    expect(dashboard.templating.list[0]).toMatchObject({ name: 'datasource', type: 'datasource', query: 'prometheus' });
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
    const shown = new Set<string>();
    for (const { type, title, targets = [], gridPos } of dashboard.panels) {
      expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
      expect({ title, targets: targets.length > 0 }).toEqual({ title, targets: type !== 'row' });
      for (const { expr, datasource } of targets) {
        const resolved = expr.replaceAll('$__rate_interval', '1m');
        expect(resolved.replaceAll('$exchange', '')).not.toContain('$');
        expect({ expr, unknown: unknownIn(resolved, told) }).toEqual({ expr, unknown: [] });
        expect(datasource.uid).toBe('${datasource}');
        for (const { name } of metricsIn(resolved).uses) shown.add(name.replace(/_(bucket|sum|count)$/, ''));
      }
    }
    expect([...documented.keys()].filter((name) => !shown.has(name))).toEqual([]);
  });

  it('are what the rules of alerts ask for', async () => {
    const told = await families();
    interface Rule {
      alert: string;
      expr: string;
      for?: string;
      labels: { severity: string };
      annotations: { summary: string; description?: string };
    }
    const file = parse(readFileSync(path.join(docs, 'grafana/alerts.yaml'), 'utf8')) as {
      groups: { name: string; rules: Rule[] }[];
    };
    const rules = file.groups.flatMap((group) => group.rules);
    expect(rules.length).toBeGreaterThan(10);
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
    for (const { alert, expr, for: wait = '0s', labels, annotations } of rules) {
      expect({ alert, unknown: unknownIn(expr, told) }).toEqual({ alert, unknown: [] });
      expect(wait).toMatch(/^\d+[smhd]$/);
      expect(['info', 'warning', 'critical']).toContain(labels.severity);
      expect(Object.keys(annotations)).toContain('summary');
    }
    const shown = [...guide.matchAll(/^```promql\n([^`]+)```/gm)].flatMap(([, text = '']) => text.split('\n'));
    const examples = shown.filter((line) => line !== '' && !line.startsWith('#'));
    expect(examples.length).toBeGreaterThan(3);
    for (const expr of examples) expect({ expr, unknown: unknownIn(expr, told) }).toEqual({ expr, unknown: [] });
  });

  it('are open to this machine, and else to a token that may read the history', async () => {
    const open = await scrape();
    expect(open.status).toBe(200);
    expect(open.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(open.headers.get('cache-control')).toBe('no-store');
    const remote = { 'x-forwarded-for': '203.0.113.9' };
    expect((await scrape(remote)).status).toBe(401);
    const token = readFileSync(path.join(directory.path, 'data', 'admin.token'), 'utf8').trim();
    expect((await scrape({ ...remote, authorization: `Bearer ${token}` })).status).toBe(200);
    expect((await scrape({ origin: 'https://evil.example' })).status).toBe(403);
  });

  it('are joined by lines of the log that one id finds', async () => {
    const id = 'trace-4711';
    const answer = await fetch(`${service.url}/v1/opportunities/no-such-one`, { headers: { 'x-request-id': id } });
    expect(answer.headers.get('x-request-id')).toBe(id);
    expect(await answer.json()).toMatchObject({ status: 404, requestId: id });
    const lines = (): Record<string, unknown>[] =>
      stack.logs
        .join('')
        .split('\n')
        .filter((line) => line.startsWith('{') && line.includes(id))
        .map((line) => JSON.parse(line) as Record<string, unknown>);
    await waitFor('the request is in the log', () => lines().length > 0);
    expect(lines()).toMatchObject([
      { level: 'debug', requestId: id, method: 'GET', path: '/v1/opportunities/no-such-one', status: 404 },
    ]);
  });
});
