import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startSimulator, type Simulator } from './simulator.js';

describe('faults of networks', () => {
  let simulator: Simulator;
  beforeEach(async () => {
    simulator = await startSimulator({ port: 0, symbols: ['BTC/USDT'] });
  });
  afterEach(() => simulator.close());

  const inject = async (fault: object): Promise<{ status: number; body: unknown }> => {
    const response = await fetch(`${simulator.url}/__sim/faults`, { method: 'POST', body: JSON.stringify(fault) });
    return { status: response.status, body: await response.json() };
  };
  /** `deposit withdraw` of each network of USDT, as bitget tells it. */
  const doors = async (): Promise<Record<string, string>> => {
    const response = await fetch(`${simulator.url}/api.bitget.com/api/v2/spot/public/coins`);
    const { data } = (await response.json()) as { data: { coin: string; chains: Record<string, string>[] }[] };
    const chains = data.find(({ coin }) => coin === 'USDT')?.chains ?? [];
    return Object.fromEntries(
      chains.map(({ chain = '', rechargeable, withdrawable }) => [chain, `${rechargeable} ${withdrawable}`]),
    );
  };

  it('close a network, one way or both, and open it again', async () => {
    expect(await doors()).toEqual({ TRC20: 'true true', ERC20: 'true true', SOL: 'true true' });
    const fault = { exchange: 'bitget', asset: 'USDT' };
    expect(await inject({ ...fault, fault: 'closeNetwork', network: 'TRX' })).toMatchObject({ status: 200 });
    await inject({ ...fault, fault: 'closeNetwork', network: 'ETH', way: 'deposit' });
    expect(await doors()).toEqual({ TRC20: 'false false', ERC20: 'false true', SOL: 'true true' });
    await inject({ ...fault, fault: 'openNetwork', network: 'TRX', way: 'withdraw' });
    expect(await doors()).toMatchObject({ TRC20: 'false true' });
    await inject({ ...fault, fault: 'openNetwork' });
    expect(await doors()).toEqual({ TRC20: 'true true', ERC20: 'true true', SOL: 'true true' });
  });

  it('close every network of an asset on one exchange until they are cleared', async () => {
    await inject({ exchange: 'gate', fault: 'closeNetwork', asset: 'USDT' });
    expect(await doors()).toMatchObject({ SOL: 'true true' });
    await inject({ exchange: 'bitget', fault: 'closeNetwork', asset: 'USDT' });
    expect(Object.values(await doors())).toEqual(['false false', 'false false', 'false false']);
    await inject({ exchange: 'bitget', fault: 'clear' });
    expect(await doors()).toMatchObject({ SOL: 'true true' });
  });

  it.each([
    [{ asset: 'PEPE' }, /^asset: kucoin moves no PEPE; choose from BTC, ETH/],
    [{ asset: 'USD' }, /^asset: kucoin moves no USD;/],
    [{ asset: 'USDT', network: 'SOL' }, /^network: kucoin does not move USDT over SOL; choose from TRX, ETH$/],
  ])('refuse %j by name', async (fields, message) => {
    const { status, body } = await inject({ exchange: 'kucoin', fault: 'closeNetwork', ...fields });
    expect([status, (body as { error: string }).error]).toEqual([404, expect.stringMatching(message)]);
  });
});
