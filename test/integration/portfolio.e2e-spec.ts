import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Portfolio, PortfolioAccount, PortfolioTotal, ValuedAsset } from '../../src/core/portfolio/portfolio.js';
import type { KeyView } from '../../src/keys/index.js';
import { type AccountExchange, type Simulator, startSimulator } from '../../src/simulator/index.js';
import { FeedClient, type Message } from '../support/feed-client.js';
import { type Answer, ask } from '../support/request.js';
import { Stack, type ServiceClient, TemporaryDirectory } from '../support/stack.js';
import { waitFor } from '../support/wait-for.js';

const EXCHANGES = ['binance', 'okx', 'bybit', 'kraken'] as const;
/** ETH and SOL, which the accounts hold, are traded by none of them on purpose. */
const SYMBOLS = ['BTC/USDT', 'BTC/USD', 'USDT/USD', 'USDC/USDT'];
const MAX_AGE_MS = 4_000;

type PortfolioAnswer = Pick<Portfolio, 'total' | 'hint'> & { data: PortfolioAccount[]; hasMore: boolean };
interface Told {
  event: string;
  account?: PortfolioAccount;
  total?: PortfolioTotal;
}

describe('the portfolio', () => {
  const directory = new TemporaryDirectory();
  const stack = new Stack(directory.path);
  const secrets: string[] = [];
  const said: string[] = [];
  const keys = new Map<string, { id: string; apiKey: string }>();
  let simulator: Simulator;
  let client: ServiceClient;
  let token: string;
  let port: number;
  let feed: FeedClient;

  const portfolio = async (): Promise<PortfolioAnswer> => {
    const answer = await client.get<PortfolioAnswer>('/v1/portfolio');
    said.push(JSON.stringify(answer));
    return answer;
  };
  const account = async (exchange: string): Promise<PortfolioAccount | undefined> =>
    (await portfolio()).data.find((each) => each.exchange === exchange);
  const isIn = (exchange: string, state: PortfolioAccount['state'], withinMs = 30_000): Promise<void> =>
    waitFor(`${exchange} is ${state}`, async () => (await account(exchange))?.state === state, withinMs);
  const asset = ({ assets }: PortfolioAccount, code: string): ValuedAsset =>
    assets.find((each) => each.asset === code) as ValuedAsset;
  const told = (sub: string): Told[] =>
    feed.messages.flatMap((message) =>
      message.type === 'update' && message['sub'] === sub ? (message['data'] as Told[]) : [],
    );
  const addKey = async (exchange: AccountExchange): Promise<void> => {
    const { apiKey, secret, passphrase } = simulator.createKey(exchange, { ipList: ['127.0.0.1'] });
    secrets.push(apiKey, secret, ...(passphrase === null ? [] : [passphrase]));
    const body = { exchange, label: `${exchange}, read`, account: 'fund', apiKey, secret };
    const added = await client.post<KeyView>('/v1/keys', passphrase === null ? body : { ...body, passphrase });
    keys.set(exchange, { id: added.id, apiKey });
  };
  const without = (headers: Record<string, string> = {}): Promise<Answer> => ask(port, '/v1/portfolio', { headers });

  beforeAll(async () => {
    simulator = await startSimulator({ port: 0, symbols: SYMBOLS });
    const service = await stack.service({
      CROSSBOOK_EXCHANGE_GATEWAY: simulator.url,
      CROSSBOOK_SYMBOLS: SYMBOLS.join(','),
      CROSSBOOK_PORTFOLIO_READ_EVERY_MS: '1000',
      CROSSBOOK_PORTFOLIO_MAX_AGE_MS: String(MAX_AGE_MS),
    });
    client = service.client;
    token = readFileSync(path.join(directory.path, 'data/admin.token'), 'utf8').trim();
    port = Number(new URL(service.url).port);
    feed = await FeedClient.connect(port);
  }, 120_000);

  afterAll(async () => {
    feed.socket.terminate();
    await stack.stop();
    await simulator.close();
    directory.remove();
  }, 30_000);

  it('is closed without a token, by REST and in the feed', async () => {
    expect(await without()).toMatchObject({ status: 401, json: { code: 'unauthenticated' } });
    expect((await without({ Authorization: 'Bearer nobody' })).status).toBe(401);
    const refused = await feed.ask({ op: 'subscribe', id: 'p', channel: 'portfolio' }, 'error');
    expect(refused).toMatchObject({ id: 'p', code: 'unauthenticated' });
    expect(refused['message']).toContain('keys:read');
  });

  it('is empty, and says what to do, without a key for balances', async () => {
    const { data, total, hint } = await portfolio();
    expect([data, total]).toEqual([[], { valueUsd: 0, unvalued: [], stale: [], missing: [] }]);
    expect(hint).toContain('keys -- add');
    await feed.ask({ op: 'auth', token: token }, 'authenticated');
    const snapshot = await feed.subscribe({ id: 'all', channel: 'portfolio' });
    expect(snapshot['data']).toEqual([{ total }]);
    expect((await feed.subscribe({ id: 'okx', channel: 'portfolio', filter: { exchanges: ['okx'] } }))['data']).toEqual(
      [],
    );
  });

  it('shows what each account holds, digit by digit, and what it is worth through which books', async () => {
    for (const exchange of EXCHANGES) await addKey(exchange);
    for (const exchange of EXCHANGES) await isIn(exchange, 'fresh');
    await waitFor('all that can be is valued', async () => {
      const { data } = await portfolio();
      return data.every(({ total }) => total.unvalued.join() === 'ETH,SOL');
    });
    const { data, total, hint, hasMore } = await portfolio();
    expect([data.map(({ exchange }) => exchange).sort(), hint, hasMore]).toEqual([[...EXCHANGES].sort(), null, false]);
    for (const each of data) {
      expect(each).toMatchObject({
        account: 'fund',
        label: `${each.exchange}, read`,
        keyId: keys.get(each.exchange)?.id,
      });
      expect(each.ageMs).toBeGreaterThanOrEqual(0);
      const bitcoin = asset(each, 'BTC');
      expect(bitcoin).toMatchObject({ free: '0.4182', locked: '0.01', total: '0.4282', reason: null });
      expect(bitcoin.valuedBy).toMatch(/^BTC\/USD bid at (okx|kraken)$/);
      expect(bitcoin.valueUsd).toBeCloseTo(0.4282 * (bitcoin.priceUsd ?? NaN), 6);
      const tether = asset(each, 'USDT');
      expect(tether).toMatchObject({ free: '12540.22', locked: '800', total: '13340.22' });
      expect(tether.valuedBy).toMatch(/^USDT\/USD bid at (okx|kraken)$/);
      expect(tether.priceUsd).not.toBe(1);
      expect(asset(each, 'USDC').valuedBy).toMatch(/^USDC\/USDT bid at \w+ × USDT\/USD bid at (okx|kraken)$/);
      expect(asset(each, 'ETH')).toMatchObject({ total: '3.104', valueUsd: null, reason: { code: 'not_watched' } });
      const sum = each.assets.reduce((before, { valueUsd }) => before + (valueUsd ?? 0), 0);
      expect(each.total).toEqual({ valueUsd: sum, unvalued: ['ETH', 'SOL'] });
    }
    expect(total.valueUsd).toBe(data.reduce((before, each) => before + each.total.valueUsd, 0));
    expect(total.unvalued).toHaveLength(8);
    expect([total.stale, total.missing]).toEqual([[], []]);
  }, 60_000);

  it('tells every change in the feed, each account by itself and the total', async () => {
    for (const exchange of EXCHANGES) {
      await waitFor(`${exchange} was told`, () => told('all').some((one) => one.account?.exchange === exchange));
    }
    await waitFor('the total was told', () => told('all').some((one) => (one.total?.valueUsd ?? 0) > 0));
    await waitFor('okx was told alone', () => told('okx').some((one) => one.account?.state === 'fresh'));
    expect(new Set(told('okx').map((one) => one.account?.exchange))).toEqual(new Set(['okx']));
    const late = await FeedClient.connect(port, { Authorization: `Bearer ${token}` });
    const snapshot: Message = await late.subscribe({ id: 'late', channel: 'portfolio' });
    const items = snapshot['data'] as Told[];
    expect(items.map((item) => item.account?.exchange ?? 'total').sort()).toEqual([...EXCHANGES, 'total'].sort());
    await late.close();
  }, 30_000);

  it('reads each account with one call for all purposes of its balances', async () => {
    const { id } = keys.get('bybit') as { id: string };
    const paths = new Set<string>();
    await waitFor('the calls are stored', async () => {
      const { data } = await client.get<{ data: { path: string }[] }>(`/v1/keys/${id}/usage?limit=1000`);
      for (const call of data) if (call.path.includes('balance')) paths.add(call.path);
      return paths.size > 0;
    });
    expect(paths).toEqual(new Set(['/v5/account/wallet-balance']));
  });

  it('lets balances grow old while an exchange is down, and says when they are too old', async () => {
    simulator.injectFault({ exchange: 'bybit', fault: 'restFail', status: 503, durationMs: 300_000 });
    await isIn('bybit', 'stale');
    const { data, total } = await portfolio();
    const bybit = data.find(({ exchange }) => exchange === 'bybit') as PortfolioAccount;
    expect(bybit.ageMs).toBeGreaterThan(MAX_AGE_MS);
    expect(bybit.reason).toMatchObject({ code: 'exchange_down' });
    expect(asset(bybit, 'USDC').total).toBe('5012.75');
    expect(total.stale).toEqual(['bybit']);
    await waitFor('the feed told it', () => told('all').some((one) => one.total?.stale.join() === 'bybit'));
    simulator.injectFault({ exchange: 'bybit', fault: 'clear' });
    await isIn('bybit', 'fresh', 60_000);
    expect((await account('bybit'))?.reason).toBeNull();
  }, 120_000);

  it('takes balances back at once when the exchange refuses the key, with the reason', async () => {
    const { apiKey } = keys.get('okx') as { apiKey: string };
    expect(simulator.revokeKey('okx', apiKey)).toBe(true);
    await isIn('okx', 'lost');
    const { data, total } = await portfolio();
    expect(data.find(({ exchange }) => exchange === 'okx')).toMatchObject({
      ...{ assets: [], asOfMs: null, ageMs: null, total: { valueUsd: 0, unvalued: [] } },
      reason: { code: 'revoked', message: "API key doesn't exist" },
    });
    expect(total.missing).toEqual(['okx']);
    await waitFor('the feed told it', () => told('okx').at(-1)?.account?.state === 'lost');
  }, 60_000);

  it('forgets the account of a key that rests', async () => {
    const { id } = keys.get('kraken') as { id: string };
    await client.post(`/v1/keys/${id}/disable`, {});
    expect(await account('kraken')).toBeUndefined();
    await waitFor('the feed told it', () => told('all').some((one) => one.event === 'removed'));
    expect(told('all').find((one) => one.event === 'removed')).toEqual({
      ...{ event: 'removed', account: { exchange: 'kraken' } },
    });
  }, 30_000);

  it('never tells a secret', () => {
    const everything = [...said, ...stack.logs, JSON.stringify(feed.messages)].join('\n');
    for (const secret of secrets) expect(everything).not.toContain(secret);
  });
});
