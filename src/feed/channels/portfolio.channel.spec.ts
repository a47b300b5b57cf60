import { describe, expect, it } from '@jest/globals';
import { VirtualAction, VirtualTimeScheduler } from 'rxjs';
import type { Portfolio, PortfolioAccount } from '../../core/portfolio/portfolio.js';
import { PortfolioFeed } from '../ports.js';
import { portfolioChannel } from './portfolio.channel.js';

class ScriptedPortfolio extends PortfolioFeed {
  private asked = 0;

  constructor(private readonly script: readonly Portfolio[]) {
    super();
  }

  override view(): Portfolio {
    return this.script[Math.min(this.asked++, this.script.length - 1)] as Portfolio;
  }
}

function account(exchange: string, valueUsd: number, part: Partial<PortfolioAccount> = {}): PortfolioAccount {
  return {
    ...{ exchange, account: 'main', label: 'read', keyId: exchange, state: 'fresh', reason: null, asOfMs: 1, ageMs: 5 },
    ...{ assets: [], total: { valueUsd, unvalued: [] } },
    ...part,
  };
}

function portfolio(...accounts: PortfolioAccount[]): Portfolio {
  const valueUsd = accounts.reduce((sum, { total }) => sum + total.valueUsd, 0);
  return { accounts, total: { valueUsd, unvalued: [], stale: [], missing: [] }, hint: null };
}

/** What the channel tells in the seconds of a script. */
function told(...script: Portfolio[]): string[] {
  const scheduler = new VirtualTimeScheduler(VirtualAction, script.length * 1_000);
  const bodies: string[] = [];
  const running = portfolioChannel(new ScriptedPortfolio(script), scheduler).steps$.subscribe({
    next: ({ kind, key, body }) => bodies.push(`${scheduler.now()} ${kind} ${key} ${JSON.stringify(body)}`),
    error: (error: unknown) => {
      throw error;
    },
  });
  scheduler.flush();
  running.unsubscribe();
  return bodies;
}

const totalOf = (valueUsd: number): object => ({ valueUsd, unvalued: [], stale: [], missing: [] });

describe('the channel portfolio', () => {
  it('tells an account when it changed, not when it only grew older, and the total with it', () => {
    const okx = account('okx', 10);
    const older = account('okx', 10, { ageMs: 1_005 });
    const dearer = account('okx', 11, { ageMs: 2_005 });
    expect(told(portfolio(okx), portfolio(older), portfolio(dearer), portfolio(dearer))).toEqual([
      `1000 state okx ${JSON.stringify({ event: 'updated', account: okx })}`,
      `1000 state (total) ${JSON.stringify({ event: 'updated', total: totalOf(10) })}`,
      `3000 state okx ${JSON.stringify({ event: 'updated', account: dearer })}`,
      `3000 state (total) ${JSON.stringify({ event: 'updated', total: totalOf(11) })}`,
    ]);
  });

  it('tells once that an account is not shown any more, and that it came back', () => {
    const okx = account('okx', 0);
    expect(told(portfolio(okx), portfolio(), portfolio(), portfolio(okx))).toEqual([
      `1000 state okx ${JSON.stringify({ event: 'updated', account: okx })}`,
      `1000 state (total) ${JSON.stringify({ event: 'updated', total: totalOf(0) })}`,
      `2000 gone okx ${JSON.stringify({ event: 'removed', account: { exchange: 'okx' } })}`,
      `4000 state okx ${JSON.stringify({ event: 'updated', account: okx })}`,
    ]);
  });

  it('holds every account and the total in its snapshot', () => {
    const [okx, gate] = [account('okx', 1), account('gate', 2)];
    const channel = portfolioChannel(new ScriptedPortfolio([portfolio(okx, gate)]));
    expect(channel.snapshot(channel.filter(undefined)).map(({ body }) => body)).toEqual([
      { account: okx },
      { account: gate },
      { total: totalOf(3) },
    ]);
  });

  it('keeps the total from whoever asked for some accounts', () => {
    const channel = portfolioChannel(new ScriptedPortfolio([portfolio()]));
    const some = channel.filter({ exchanges: ['okx'] });
    const all = channel.filter(undefined);
    const total = { total: portfolio().total };
    expect([some, all].map((each) => each.concerns({ account: account('okx', 1) }))).toEqual([true, true]);
    expect([some, all].map((each) => each.concerns({ account: account('gate', 1) }))).toEqual([false, true]);
    expect([some, all].map((each) => each.concerns(total))).toEqual([false, true]);
    expect(() => channel.filter({ symbols: ['BTC/USDT'] })).toThrow('symbols is not known');
  });
});
