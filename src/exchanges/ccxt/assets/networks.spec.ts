import { describe, expect, it } from '@jest/globals';
import { CONTRACT_READERS } from './contract-readers.js';
import { networksIn } from './networks.js';

const TETHER = '0xdAC17F958D2ee523a2206206994597C13D831ec7';
const currency = (networks: Record<string, object>): object => ({ USDT: { code: 'USDT', networks } });
const row = (info: object, rest: object = {}): object => ({ deposit: true, withdraw: true, fee: 1, info, ...rest });

describe('networksIn', () => {
  it.each([
    ['binance', { network: 'ETH', contractAddress: TETHER, withdrawFee: '2.4' }],
    ['okx', { ccy: 'USDT', chain: 'USDT-ERC20', ctAddr: TETHER }],
    ['bybit', { chain: 'ETH', chainType: 'Ethereum', contractAddress: ` ${TETHER}` }],
    ['gate', { name: 'ETH', addr: TETHER, deposit_disabled: false }],
    ['bitget', { chain: 'ERC20', contractAddress: TETHER.toLowerCase() }],
    ['kucoin', { chainName: 'ERC20', chainId: 'eth', contractAddress: TETHER }],
    ['mexc', { netWork: 'ETH', contract: TETHER.replace('0x', '0X') }],
    ['htx', { chain: 'usdterc20', baseChain: 'ETH', contractAddress: TETHER.slice(2) }],
    ['bingx', { network: 'ERC20', contractAddress: TETHER }],
    ['backpack', { blockchain: 'Ethereum', contractAddress: TETHER }],
    ['hitbtc', { code: 'ETH', contract_address: TETHER }],
    ['poloniex', { blockchain: 'ETH', contractAddress: TETHER }],
    ['coinbaseexchange', { id: 'ethereum', contract_address: TETHER }],
  ])('finds the contract where %s tells it, in one spelling', (exchange, info) => {
    const networks = networksIn(exchange, currency({ ERC20: row(info) }), ['USDT']);
    expect(networks?.get('USDT')).toMatchObject([{ network: 'ERC20', contract: TETHER.toLowerCase() }]);
  });

  it('leaves the case of other addresses alone', () => {
    const info = { chainId: 'trx', contractAddress: 'TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t' };
    const networks = networksIn('kucoin', currency({ TRC20: row(info) }), ['USDT']);
    expect(networks?.get('USDT')?.[0]?.contract).toBe('TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t');
  });

  it.each(['', '  ', null, undefined, 7, `0x${'0'.repeat(40)}`, `0x${'E'.repeat(40)}`])(
    'takes %p for no contract',
    (contractAddress) => {
      const networks = networksIn('bitget', currency({ ERC20: row({ contractAddress }) }), ['USDT']);
      expect(networks?.get('USDT')?.[0]?.contract).toBeNull();
    },
  );

  it('does not take the last characters of an address for an address', () => {
    const networks = networksIn('okx', currency({ ERC20: row({ ctAddr: '831ec7' }) }), ['USDT']);
    expect(networks?.get('USDT')?.[0]?.contract).toBeNull();
  });

  it('tells no contract of an exchange whose rows are not known', () => {
    expect(CONTRACT_READERS['whitebit']).toBeUndefined();
    const networks = networksIn('whitebit', currency({ ERC20: row({ contractAddress: TETHER }) }), ['USDT']);
    expect(networks?.get('USDT')?.[0]?.contract).toBeNull();
  });

  it('reads doors, fee and least amount, and leaves open what is not told', () => {
    const told = currency({
      TRC20: row({}, { deposit: false, withdraw: true, fee: '1.5', limits: { withdraw: { min: '10' } } }),
      SOL: { network: 'SOL', deposit: undefined, withdraw: null, fee: undefined, limits: {}, info: null },
    });
    expect(networksIn('mexc', told, ['USDT'])?.get('USDT')).toEqual([
      { network: 'TRC20', contract: null, deposit: false, withdraw: true, withdrawFee: 1.5, withdrawMin: 10 },
      { network: 'SOL', contract: null, deposit: null, withdraw: null, withdrawFee: null, withdrawMin: null },
    ]);
  });

  it.each([
    ['sui', 'SUI'],
    ['OPTIMISM', 'OP'],
    ['AVAXC-Chain', 'AVAXC'],
    ['ERC20', 'ERC20'],
  ])('calls the network %s of ccxt %s', (told, network) => {
    expect(networksIn('kucoin', currency({ [told]: row({}) }), ['USDT'])?.get('USDT')).toMatchObject([{ network }]);
  });

  it('names a wanted asset without networks, and no other', () => {
    const told = { ...currency({ ERC20: row({}) }), EUR: { code: 'EUR', networks: {} }, BTC: { code: 'BTC' } };
    const networks = networksIn('kucoin', told, ['USDT', 'EUR', 'XYZ']);
    expect([...(networks ?? [])].map(([asset, list]) => `${asset} ${list.length}`)).toEqual([
      'USDT 1',
      'EUR 0',
      'XYZ 0',
    ]);
  });

  it.each([null, undefined, {}, 'an error', [], { USDT: null }, { USDT: { networks: null } }])(
    'is told nothing by %p',
    (told) => {
      expect(networksIn('kraken', told, ['USDT'])).toBeNull();
    },
  );
});
