import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { Opportunity, OpportunityEvent } from '../../src/core/opportunity/opportunity.js';
import type { ExchangeStatus } from '../../src/core/market/exchange-status.js';
import { Stack, TemporaryDirectory } from '../support/stack.js';
import { waitFor } from '../support/wait-for.js';

interface Spell {
  routeId: string;
  startMs: number;
  endMs: number | null;
}

/** A frame may be this long between the simulator's socket and our clock on a busy machine. */
const TRANSIT_MS = 150;

/** The children of a process that live now. */
function childrenOf(pid: number): number[] {
  const path = `/proc/${pid}/task/${pid}/children`;
  return existsSync(path) ? readFileSync(path, 'utf8').trim().split(' ').filter(Boolean).map(Number) : [];
}

describe('the service with its exchanges on two worker threads', () => {
  const directory = new TemporaryDirectory();
  const stack = new Stack(directory.path);
  let simulator: string;
  let service: Awaited<ReturnType<Stack['service']>>;

  beforeAll(async () => {
    simulator = await stack.simulator(7);
    service = await stack.service({
      CROSSBOOK_EXCHANGE_GATEWAY: simulator,
      CROSSBOOK_SYMBOLS: 'BTC/USDT,ETH/USDT,SOL/USDT,XRP/USDT,USDT/USD,USDC/USDT',
      CROSSBOOK_WORKERS: '2',
    });
  }, 90_000);

  afterAll(async () => {
    await stack.stop();
    directory.remove();
  }, 30_000);

  it('has every exchange live, and says which worker has which', async () => {
    const statuses = async (): Promise<ExchangeStatus[]> =>
      (await service.client.get<{ data: ExchangeStatus[] }>('/v1/exchanges')).data;
    await waitFor('all live', async () => (await statuses()).every(({ status }) => status === 'live'), 30_000);
    const said = stack.logs.join('');
    expect(said).toMatch(/"worker":1,"exchanges":\["binance","bybit"\],"msg":"a worker runs"/);
    expect(said).toMatch(/"worker":2,"exchanges":\["okx","kraken"\],"msg":"a worker runs"/);
  }, 40_000);

  it('opens opportunities, and only where the markets really paid', async () => {
    const found: Opportunity[] = [];
    const socket = await service.client.stream(['opportunities'], ({ type, data }) => {
      if (type !== 'update') return;
      for (const { event, opportunity } of data as OpportunityEvent[]) if (event === 'opened') found.push(opportunity);
    });
    await waitFor('some were opened', () => found.length >= 3, 60_000);
    socket.terminate();
    const truth = (await (await fetch(`${simulator}/__sim/truth`)).json()) as { spells: Spell[] };
    const outside = found.filter(
      ({ routeId, openedAtMs }) =>
        !truth.spells.some(
          (spell) =>
            spell.routeId === routeId &&
            spell.startMs <= openedAtMs &&
            (spell.endMs === null || openedAtMs <= spell.endMs + TRANSIT_MS),
        ),
    );
    expect(outside.map(({ routeId, openedAtMs }) => [routeId, openedAtMs])).toEqual([]);
  }, 70_000);

  it('stops at Ctrl-C in order and soon, and leaves nothing', async () => {
    const pid = service.program.pid ?? 0;
    const children = childrenOf(pid);
    expect(readdirSync(`/proc/${pid}/task`).length).toBeGreaterThan(2);
    const startedMs = Date.now();
    process.kill(pid, 'SIGINT');
    expect(await service.program.ended()).toBe(0);
    expect(Date.now() - startedMs).toBeLessThan(4_000);
    expect(service.program.lastLog).toMatch(/stopped\n/);
    expect(stack.logs.join('')).not.toMatch(/"level":"error"|cut off/);
    await waitFor('its children ended', () => children.every((child) => !existsSync(`/proc/${child}`)));
  }, 20_000);
});
