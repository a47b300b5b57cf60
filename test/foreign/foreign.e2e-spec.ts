import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ExchangeStatus } from '../../src/core/market/exchange-status.js';
import { MarketRig, until } from '../support/market-rig.js';
import { Stack, TemporaryDirectory } from '../support/stack.js';
import { BookWitness } from './book-witness.js';
import { foreignExchanges } from './exchanges.js';
import type { ForeignExchange } from './foreign-exchange.js';
import { ForeignServer } from './foreign-server.js';

const DEPTH = 50;
/** Updates that each book must show before anything is done to it, and after. */
const LEAST_UPDATES = 50;
const UPDATES_AFTER = 5;
/** An exchange has so long to come, and to come back; its books so long to be seen often enough. */
const WITHIN_MS = 30_000;
/** A loss that nobody noticed for so long, some dozen frames, was healed by the exchange itself. */
const LOSE_AGAIN_MS = 3_000;
/** States of a book that are no fault: one whose known part runs low asks anew. */
const FAULTLESS = ['connecting', 'live', 'shallow'];

const exchanges = foreignExchanges();
const byId = exchanges.map((exchange) => [exchange.id, exchange] as const);
const ids = exchanges.map(({ id }) => id);
const symbols = [...new Set(exchanges.flatMap(({ books }) => books.map(({ pair }) => pair.symbol)))];

describe('books from a server of the wire formats that shares nothing with the simulator', () => {
  let server: ForeignServer;
  let rig: MarketRig;
  let witness: BookWitness;

  const isLive = (id: string): boolean => rig.status(id).status === 'live';
  const sightings = ({ id, books }: ForeignExchange): { symbol: string; equal: number; different: string[] }[] =>
    books.map(({ pair: { symbol } }) => ({ symbol, ...witness.of(id, symbol) }));
  const isSeen = (exchange: ForeignExchange, least: number): boolean =>
    sightings(exchange).every(({ equal, different }) => equal >= least || different.length > 0);
  const differences = (): string[] =>
    exchanges.flatMap((exchange) =>
      sightings(exchange).flatMap(({ symbol, different }) =>
        different.map((what) => `${exchange.id} ${symbol} ${what}`),
      ),
    );
  /** Every exchange is live and each of its books was seen true some times more. */
  const allWell = async (): Promise<void> => {
    witness.countAnew();
    for (const exchange of exchanges) {
      await until(`${exchange.id} is live`, () => isLive(exchange.id), WITHIN_MS);
      await until(`${exchange.id} goes on`, () => isSeen(exchange, UPDATES_AFTER), WITHIN_MS);
    }
    expect(differences()).toEqual([]);
  };

  beforeAll(async () => {
    server = await ForeignServer.start(exchanges);
    rig = new MarketRig({ exchangeGateway: server.url, exchanges: ids, symbols, bookDepth: DEPTH });
    witness = new BookWitness(rig, exchanges, DEPTH);
    rig.feed.start();
  });

  afterAll(async () => {
    witness.close();
    await rig.close();
    await server.close();
  });

  it.each(byId)(
    '%s comes live, and each book equals the true one at every update',
    async (id, exchange) => {
      await until(`${id} is live`, () => isLive(id), WITHIN_MS);
      await until(`${id} was seen often enough`, () => isSeen(exchange, LEAST_UPDATES), WITHIN_MS);
      for (const { symbol, different } of sightings(exchange)) {
        expect({ symbol, different }).toEqual({ symbol, different: [] });
        expect(rig.states(id, symbol).filter((state) => !FAULTLESS.includes(state))).toEqual([]);
      }
    },
    2 * WITHIN_MS,
  );

  it('every address that was called is known', () => {
    expect([...server.unknown]).toEqual([]);
  });

  it('each lost frame is noticed, and no book is untrue for a moment', async () => {
    // A feed of whole books cannot miss a change: the next frame brings it.
    const chained = exchanges.filter(({ id }) => id !== 'hyperliquid');
    const told = new Map(chained.map(({ id }) => [id, rig.states(id, 'BTC/USDT').length]));
    for (const exchange of chained) exchange.loseNext('BTC/USDT');
    for (const exchange of chained) {
      const { id } = exchange;
      const since = (): string[] => rig.states(id, 'BTC/USDT').slice(told.get(id));
      let lostAtMs = performance.now();
      const isNoticed = (): boolean => {
        // A whole book that happens to be told next heals a loss before anybody can see it: then another frame is lost.
        if (performance.now() - lostAtMs > LOSE_AGAIN_MS) {
          exchange.loseNext('BTC/USDT');
          lostAtMs = performance.now();
        }
        return since().some((state) => ['sequence_gap', 'checksum', 'crossed_book'].includes(state));
      };
      await until(`${id} noticed it`, isNoticed, WITHIN_MS);
    }
    await allWell();
  }, 90_000);

  it('each lost socket is opened again, and its books are true', async () => {
    const told = new Map(exchanges.map(({ id }) => [id, rig.states(id, symbols[0]!).length]));
    for (const exchange of exchanges) exchange.killSockets();
    for (const { id, books } of exchanges) {
      const since = (): string[] => rig.states(id, books[0]!.pair.symbol);
      await until(`${id} noticed it`, () => since().slice(told.get(id)).includes('disconnected'), WITHIN_MS);
    }
    await allWell();
  }, 90_000);

  it('the whole program says that all of them are live', async () => {
    const directory = new TemporaryDirectory();
    const stack = new Stack(directory.path);
    try {
      const { client } = await stack.service({
        CROSSBOOK_EXCHANGE_GATEWAY: server.url,
        CROSSBOOK_EXCHANGES: ids.join(','),
        CROSSBOOK_SYMBOLS: symbols.join(','),
      });
      let last: string[] = [];
      await until(
        'all are live',
        async () => {
          const { data } = await client.get<{ data: ExchangeStatus[] }>('/v1/exchanges');
          last = data.map(({ id, status }) => `${id} ${status}`);
          return last.every((line) => line.endsWith(' live'));
        },
        WITHIN_MS,
      );
      expect(last.sort()).toEqual(ids.map((id) => `${id} live`).sort());
    } finally {
      await stack.stop();
      directory.remove();
    }
  }, 120_000);
});
