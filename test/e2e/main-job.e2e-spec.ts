import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { WebSocket } from 'ws';
import { addDemoKeys } from '../../src/cli/demo/demo-keys.js';
import type { Opportunity, OpportunityEvent } from '../../src/core/opportunity/opportunity.js';
import type { ExchangeStatus } from '../../src/core/market/exchange-status.js';
import type { KeyView } from '../../src/keys/index.js';
import { type ServiceClient, Stack, type StreamMessage, TemporaryDirectory, filesBelow } from '../support/stack.js';
import { waitFor } from '../support/wait-for.js';

/** A frame may be this long between the simulator's socket and our clock on a busy machine. */
const TRANSIT_MS = 150;
const OPENINGS = 4;

interface Spell {
  routeId: string;
  startMs: number;
  endMs: number | null;
}
interface List<T> {
  data: T[];
}

/** Buys and sells unit by unit along both ladders: another way to the figures than the product's own. */
function recompute({ legs, books, conversion }: Opportunity): { size: number; netBps: number } {
  const [buy, sell] = legs;
  const [bought, sold] = books!.opening!;
  const asks = bought!.asks.map(([price, size]) => ({ price, size }));
  const { rate, maxAmount } = conversion ?? { rate: 1, maxAmount: Infinity };
  const bids = sold!.bids.map(([price, size]) => ({ price: price * rate, size }));
  let [size, notional, profit, left] = [0, 0, 0, maxAmount];
  for (let a = 0, b = 0; a < asks.length && b < bids.length;) {
    const [ask, bid] = [asks[a]!, bids[b]!];
    const unit = bid.price * (1 - sell!.takerFeeBps / 1e4) - ask.price * (1 + buy!.takerFeeBps / 1e4);
    const kept = bid.price * (1 - sell!.takerFeeBps / 1e4);
    if (unit <= 0 || left <= 0) break;
    const take = Math.min(ask.size, bid.size, left / kept);
    left -= take * kept;
    [size, notional, profit] = [size + take, notional + take * ask.price, profit + take * unit];
    ask.size -= take;
    bid.size -= take;
    if (ask.size === 0) a += 1;
    if (bid.size === 0) b += 1;
  }
  return { size, netBps: (profit / notional) * 1e4 };
}

describe('the main job', () => {
  const directory = new TemporaryDirectory();
  const stack = new Stack(directory.path);
  const frames: StreamMessage[] = [];
  const events: OpportunityEvent[] = [];
  const secrets: string[] = [];
  let settings: Record<string, string>;
  let simulator: string;
  let service: Awaited<ReturnType<Stack['service']>>;
  let client: ServiceClient;
  let socket: WebSocket;

  const opened = (): OpportunityEvent[] => events.filter(({ event }) => event === 'opened');
  const atAccountFees = (): OpportunityEvent[] =>
    opened().filter(({ opportunity }) => opportunity.legs.every((leg) => leg.feeSource === 'account'));

  beforeAll(async () => {
    simulator = await stack.simulator(7);
    settings = {
      CROSSBOOK_EXCHANGE_GATEWAY: simulator,
      CROSSBOOK_SYMBOLS:
        'BTC/USDT,ETH/USDT,SOL/USDT,XRP/USDT,ADA/USDT,DOGE/USDT,LTC/USDT,BTC/USDC,BTC/USD,USDT/USD,USDC/USDT,USDC/USD,NOPE/USDT',
      CROSSBOOK_KEYS_ACCEPT_WITHDRAWAL: 'true',
    };
    service = await stack.service(settings);
    client = service.client;
    const post = client.post.bind(client);
    client.post = (path, body) => {
      const given = body as Record<string, string>;
      secrets.push(...['apiKey', 'secret', 'passphrase'].flatMap((field) => given[field] ?? []));
      return post(path, body);
    };
    await addDemoKeys(simulator, client);
    socket = await client.stream(['opportunities', 'exchanges', 'keys'], (message) => {
      frames.push(message);
      if (message.channel === 'opportunities' && message.type === 'update')
        events.push(...(message.data as OpportunityEvent[]));
    });
  }, 90_000);

  afterAll(async () => {
    socket.terminate();
    await stack.stop();
    directory.remove();
  }, 30_000);

  it('greets, acknowledges and sends a snapshot, then updates in order', async () => {
    await waitFor('openings at the fees of the accounts', () => atAccountFees().length >= OPENINGS, 60_000);
    expect(frames[0]).toMatchObject({ type: 'hello', protocol: 1 });
    const types = (channel: string): string[] =>
      frames.filter((frame) => frame.channel === channel).map(({ type }) => type);
    for (const channel of ['opportunities', 'exchanges', 'keys']) {
      expect(types(channel).slice(0, 2)).toEqual(['subscribed', 'snapshot']);
    }
    const sequenced = frames.filter((frame) => frame.channel === 'opportunities' && 'seq' in frame) as unknown as {
      seq: number;
      prevSeq?: number;
    }[];
    for (let i = 1; i < sequenced.length; i++) expect(sequenced[i]?.prevSeq).toBe(sequenced[i - 1]?.seq);
  }, 70_000);

  it('gives figures that the two books of each opportunity give again', () => {
    for (const { opportunity } of opened()) {
      const again = recompute(opportunity);
      expect(opportunity.size).toBeCloseTo(again.size, 9);
      expect(opportunity.netBps).toBeCloseTo(again.netBps, 6);
    }
  });

  it('opens nothing outside a spell in which the markets really paid', async () => {
    const truth = (await (await fetch(`${simulator}/__sim/truth`)).json()) as { spells: Spell[] };
    const outside = opened().filter(
      ({ opportunity: { routeId, openedAtMs } }) =>
        !truth.spells.some(
          (spell) =>
            spell.routeId === routeId &&
            spell.startMs <= openedAtMs &&
            (spell.endMs === null || openedAtMs <= spell.endMs + TRANSIT_MS),
        ),
    );
    expect(outside.map(({ opportunity }) => [opportunity.routeId, opportunity.openedAtMs])).toEqual([]);
  });

  it('returns by REST what the stream told, books included', async () => {
    const told = opened()[0]!.opportunity;
    const one = await client.get<Opportunity>(`/v1/opportunities/${told.id}`);
    expect(one).toMatchObject({ id: told.id, routeId: told.routeId, openedAtMs: told.openedAtMs });
    expect(one.books?.opening).toEqual(told.books?.opening);
    expect(one.gates).toEqual(told.gates);
    const { data } = await client.get<List<Opportunity>>(`/v1/opportunities?symbol=${encodeURIComponent(told.symbol)}`);
    expect(data.map(({ id }) => id)).toContain(told.id);
  });

  it('says which symbol no exchange lists, and stays up', async () => {
    const { data } = await client.get<List<ExchangeStatus>>('/v1/exchanges');
    expect(data.map(({ id }) => id).sort()).toEqual(['binance', 'bybit', 'kraken', 'okx']);
    for (const exchange of data) {
      expect(exchange).toMatchObject({ status: 'live', integrity: 'verified' });
      expect(exchange.symbols.find(({ symbol }) => symbol === 'NOPE/USDT')?.state).toBe('unavailable');
    }
  });

  it('shows the key with a withdrawal right as critical, with what to do', async () => {
    await waitFor(
      'four checked keys',
      async () => {
        const { data } = await client.get<List<KeyView>>('/v1/keys');
        return data.length === 4 && data.every((key) => key.lastCheckedAtMs !== null);
      },
      15_000,
    );
    const { data } = await client.get<List<KeyView>>('/v1/keys');
    const health = Object.fromEntries(data.map((key) => [key.exchange, key.health]));
    expect(health).toMatchObject({ binance: 'healthy', okx: 'healthy', bybit: 'warning', kraken: 'critical' });
    const finding = data
      .find((key) => key.exchange === 'kraken')
      ?.findings.find(({ code }) => code === 'WITHDRAW_ENABLED');
    expect(finding).toMatchObject({ severity: 'critical', remedy: expect.stringMatching(/./) });
  }, 30_000);

  it('reads the fees of all markets of an exchange in one signed call where the exchange allows it', async () => {
    const { data } = await client.get<List<KeyView>>('/v1/keys');
    for (const [exchange, path] of [
      ['kraken', '/0/private/TradeVolume'],
      ['bybit', '/v5/account/fee-rate'],
    ]) {
      const key = data.find((each) => each.exchange === exchange);
      const usage = await client.get<List<{ path: string; outcome: string }>>(`/v1/keys/${key?.id ?? ''}/usage`);
      expect(usage.data.filter((call) => call.path === path)).toEqual([expect.objectContaining({ outcome: 'ok' })]);
    }
  });

  it('shows the settings in effect', async () => {
    const shown = await client.get<{ exchangeGateway: string; symbols: string[] }>('/v1/settings');
    expect(shown).toMatchObject({ exchangeGateway: simulator, symbols: expect.arrayContaining(['NOPE/USDT']) });
  });

  it('refuses the keys to whoever has no token', async () => {
    for (const [path, method] of [
      ['/v1/keys', 'GET'],
      ['/v1/keys', 'POST'],
    ] as const) {
      const response = await fetch(`${service.url}${path}`, { method });
      expect([response.status, response.headers.get('content-type')]).toEqual([
        401,
        expect.stringContaining('application/problem+json'),
      ]);
    }
  });

  it('loses nothing and leaves nothing open when it is killed and started again', async () => {
    const before = opened().length;
    await waitFor('another opening', () => opened().length > before, 60_000);
    const recorded = await client.get<List<Opportunity>>('/v1/opportunities?limit=1000&state=closed');
    process.kill(service.program.pid ?? 0, 'SIGKILL');
    await service.program.ended();
    socket.terminate();

    service = await stack.service(settings);
    client = service.client;
    const after = await client.get<List<Opportunity>>('/v1/opportunities?limit=1000');
    const epochBefore = recorded.data[0]?.epoch;
    expect(after.data.map(({ id }) => id)).toEqual(expect.arrayContaining(recorded.data.map(({ id }) => id)));
    await waitFor(
      'what was open is closed',
      async () => {
        const { data } = await client.get<List<Opportunity>>('/v1/opportunities?limit=1000&state=open');
        return data.every(({ epoch }) => epoch !== epochBefore);
      },
      20_000,
    );
    const old = (await client.get<List<Opportunity>>('/v1/opportunities?limit=1000')).data.filter(
      ({ epoch }) => epoch === epochBefore,
    );
    expect(old.length).toBeGreaterThanOrEqual(before);
    for (const one of old) expect(one).toMatchObject({ state: 'closed', closeReason: expect.stringMatching(/./) });
  }, 120_000);

  it('stops in order within two seconds', async () => {
    const started = Date.now();
    await service.program.stop(8_000);
    expect(Date.now() - started).toBeLessThan(2_000);
    expect(await service.program.ended()).toBe(0);
  }, 10_000);

  it('keeps every secret out of logs, frames and everything that it stored', () => {
    expect(secrets.length).toBeGreaterThanOrEqual(9);
    const written = [stack.logs.join(''), JSON.stringify(frames)];
    for (const secret of secrets) {
      for (const text of written) expect(text).not.toContain(secret);
      for (const [file, bytes] of filesBelow(directory.path))
        if (bytes.includes(secret)) throw new Error(`a secret is in ${file}`);
    }
  });
});
