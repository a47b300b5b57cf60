import { describe, expect, it } from '@jest/globals';
import { createInstance } from '../instance/create-instance.js';
import { networksIn } from './networks.js';
import { noteCurrencies } from './note-currencies.js';

const chain = (name: string): object => ({ name, addr: '', deposit_disabled: false, withdraw_disabled: false });
const MARKET = { id: 'BTC_USDT', symbol: 'BTC/USDT', base: 'BTC', quote: 'USDT', spot: true, type: 'spot' };

describe('noteCurrencies', () => {
  it('hands out each answer once, without the networks that went since the one before', async () => {
    const gate = createInstance({ exchange: 'gate', gateway: undefined, keepAliveMs: 5_000 });
    let chains = [chain('ETH'), chain('TRX')];
    gate.fetch2 = () => Promise.resolve([{ currency: 'USDT', chains }]);
    gate.fetchMarkets = () => Promise.resolve([MARKET]);
    const take = noteCurrencies(gate);
    const codes = async (): Promise<string[] | undefined> => {
      await gate.loadMarketsHelper(true);
      return networksIn('gate', take(), ['USDT'])
        ?.get('USDT')
        ?.map(({ network }) => network);
    };
    expect(take()).toBeNull();
    expect(await codes()).toEqual(['ERC20', 'TRC20']);
    chains = [chain('TRX')];
    expect(await codes()).toEqual(['TRC20']);
    expect(take()).toBeNull();
    const { currencies } = gate as unknown as { currencies: Record<string, { networks: object }> };
    expect(Object.keys(currencies['USDT']?.networks ?? {})).toEqual(['ERC20', 'TRC20']);
  });
});
