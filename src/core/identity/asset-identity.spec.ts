import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { IdentityEvent } from '../input/market-event.js';
import { TransferDesk } from '../transfer/transfer-desk.js';
import { AssetIdentity, type Ticker } from './asset-identity.js';

const rules = { allow: ['BTC'], ratioHoldMs: 10_000, ratioToleranceBps: 200 };
const ticker = (exchange: string, asset = 'NEIRO', base = asset): Ticker => ({ exchange, base, asset });
const [okx, gate] = [ticker('okx'), ticker('gate')];

/** What is known of tickers, told step by step. */
class Known {
  readonly transfers = new TransferDesk();
  readonly identity = new AssetIdentity(rules, this.transfers);

  contract(exchange: string, contract: string, asset = 'NEIRO'): this {
    const network = { network: 'ERC20', contract, deposit: true, withdraw: true, withdrawFee: 1, withdrawMin: 1 };
    this.transfers.take({ type: 'asset', exchange, asset, networks: [network], atMs: 1 });
    return this;
  }

  ratio(a: Ticker, b: Ticker, value: number, seconds = 10): this {
    const ratio = this.identity.ratioOf(a, b);
    const fromMs = Number.isNaN(ratio.ratio) ? 0 : 1_000_000;
    for (let at = 0; at <= seconds; at++) ratio.sample(value, fromMs + at * 1_000);
    return this;
  }

  decide(part: Partial<IdentityEvent>): this {
    const event = { type: 'identity', asset: 'NEIRO', exchanges: null, evidence: 'looked it up', atMs: 5 } as const;
    this.identity.decide({ verdict: 'allow', ...event, ...part });
    return this;
  }

  proof(a = okx, b = gate): string | null {
    return this.identity.judge(a, b).proof;
  }
}

describe('AssetIdentity', () => {
  it('holds nothing for proven that nothing proves', () => {
    expect(new Known().identity.judge(okx, gate)).toEqual({
      proof: null,
      reason:
        'nothing proves that both exchanges mean one asset: no common contract, no price ratio that held, not allowed',
    });
  });

  it('takes the listings of one company and the allow list for proofs', () => {
    const { identity } = new Known();
    expect(identity.judge(ticker('binance'), ticker('binanceusdm'))).toEqual({
      proof: 'same_company',
      reason: 'both markets belong to one company',
    });
    expect(identity.judge(ticker('okx', 'BTC'), ticker('gate', 'BTC'))).toEqual({
      proof: 'allowed',
      reason: 'BTC is on the allow list of the settings',
    });
  });

  it('tells NEIRO from NEIROCTO by their contracts', () => {
    const known = new Known().contract('okx', '0x81').contract('gate', '0xee');
    expect(known.identity.judge(okx, gate)).toEqual({
      proof: null,
      reason: 'two contracts on ERC20: 0x81 on okx, 0xee on gate',
    });
    known.contract('gate', '0x81');
    expect(known.identity.judge(okx, gate)).toEqual({ proof: 'contract', reason: 'one contract on ERC20: 0x81' });
  });

  it('tells NEIRO from NEIROCTO by their prices', () => {
    const known = new Known().ratio(gate, okx, 111.21, 9);
    expect(known.identity.judge(okx, gate)).toEqual({
      proof: null,
      reason: 'price ratio 111.210: held for 0 s of 10 s',
    });
    known.ratio(gate, okx, 111.21);
    expect(known.identity.judge(okx, gate)).toEqual({
      proof: null,
      reason: 'price ratio 111.210: out of bounds for 10 s',
    });
  });

  it('is proven by a ratio that held, and not before', () => {
    const known = new Known().ratio(okx, gate, 1.001, 7);
    expect(known.identity.judge(okx, gate)).toEqual({
      proof: null,
      reason: 'price ratio 1.00100: held for 7 s of 10 s',
    });
    known.ratio(okx, gate, 1.001);
    expect(known.identity.judge(gate, okx)).toEqual({
      proof: 'price_ratio',
      reason: 'price ratio 1.00100: within bounds for 10 s',
    });
  });

  it('loses the proof of a ratio that breaks for as long', () => {
    const known = new Known().ratio(okx, gate, 1).ratio(okx, gate, 1.5, 7);
    expect(known.proof()).toBe('price_ratio');
    expect(known.ratio(okx, gate, 1.5).proof()).toBeNull();
  });

  it('keeps the ratios of a ticker with a multiplier apart from those without', () => {
    const thousand = ticker('gate', 'SHIB', '1000SHIB');
    const known = new Known().ratio(ticker('okx', 'SHIB'), thousand, 1);
    expect(known.proof(ticker('okx', 'SHIB'), thousand)).toBe('price_ratio');
    expect(known.proof(ticker('okx', 'SHIB'), ticker('gate', 'SHIB'))).toBeNull();
    expect(known.identity.ratioOf(thousand, ticker('okx', 'SHIB'))).toBe(
      known.identity.ratioOf(ticker('okx', 'SHIB'), thousand),
    );
  });

  it('believes contracts more than prices, the settings more than both, and a person most', () => {
    const known = new Known().ratio(okx, gate, 1).contract('okx', '0x1').contract('gate', '0x2');
    expect(known.proof()).toBeNull();
    expect(known.decide({}).identity.judge(okx, gate)).toEqual({ proof: 'allowed', reason: 'looked it up' });
    known.contract('gate', '0x1').decide({ verdict: 'deny', evidence: 'a fork' });
    expect(known.identity.judge(okx, gate)).toEqual({ proof: null, reason: 'a fork' });
    known.decide({ asset: 'BTC', verdict: 'deny' });
    expect(known.proof(ticker('okx', 'BTC'), ticker('gate', 'BTC'))).toBeNull();
    known.decide({ verdict: 'clear' });
    expect(known.proof()).toBe('contract');
  });

  it('lets a decision on two exchanges, in any order, outweigh one on all', () => {
    const known = new Known().decide({ verdict: 'deny' }).decide({ exchanges: ['okx', 'gate'] });
    expect(known.proof()).toBe('allowed');
    expect(known.proof(gate, okx)).toBe('allowed');
    expect(known.proof(okx, ticker('kraken'))).toBeNull();
    known.decide({ verdict: 'clear', exchanges: ['gate', 'okx'] });
    expect(known.proof()).toBeNull();
  });

  it('wants ratios where they may still prove something', () => {
    const known = new Known();
    const wants = (a = okx, b = gate): boolean => known.identity.wantsRatio(a, b);
    expect(wants()).toBe(true);
    expect(wants(ticker('binance'), ticker('binanceusdm'))).toBe(false);
    expect(wants(ticker('okx', 'BTC'), ticker('gate', 'BTC'))).toBe(false);
    known.ratio(okx, gate, 1);
    expect(wants()).toBe(true);
    known.contract('okx', '0x1').contract('gate', '0x2');
    expect(wants()).toBe(true);
    known.contract('gate', '0x1');
    expect(wants()).toBe(false);
    known.decide({ verdict: 'deny' });
    expect(wants()).toBe(true);
    known.decide({ verdict: 'allow' });
    expect(wants()).toBe(false);
  });

  it('wants ratios exactly where judging finds no other proof', () => {
    const step = fc.constantFrom<(known: Known) => unknown>(
      (known) => known.contract('okx', '0x1'),
      (known) => known.contract('gate', '0x1'),
      (known) => known.contract('gate', '0x2'),
      (known) => known.ratio(okx, gate, 1),
      (known) => known.ratio(okx, gate, 9),
      (known) => known.decide({ verdict: 'allow' }),
      (known) => known.decide({ verdict: 'deny', exchanges: ['okx', 'gate'] }),
      (known) => known.decide({ verdict: 'clear' }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 8 }), (steps) => {
        const known = new Known();
        for (const take of steps) take(known);
        const proof = known.proof();
        expect(known.identity.wantsRatio(okx, gate)).toBe(proof === null || proof === 'price_ratio');
        expect(known.identity.judge(gate, okx).proof).toBe(proof);
      }),
    );
  });

  it('lists what persons and the settings decided', () => {
    const known = new Known().decide({ verdict: 'deny', exchanges: ['okx', 'gate'] });
    expect(known.identity.decided()).toEqual([
      {
        ...{ asset: 'BTC', exchanges: null, verdict: 'allow', source: 'settings' },
        evidence: 'detection.identity.allow',
        atMs: 0,
      },
      {
        ...{ asset: 'NEIRO', exchanges: ['okx', 'gate'], verdict: 'deny', source: 'person' },
        evidence: 'looked it up',
        atMs: 5,
      },
    ]);
  });

  it('lists what was learnt, once something was', () => {
    const known = new Known();
    expect(known.identity.learnt(okx, gate)).toBeNull();
    expect(known.ratio(okx, gate, 1, 4).identity.learnt(okx, gate)).toBeNull();
    known.ratio(okx, gate, 1);
    const entry = { asset: 'NEIRO', exchanges: ['gate', 'okx'], source: 'learnt' };
    expect(known.identity.learnt(okx, gate)).toEqual({
      ...{ ...entry, verdict: 'allow', evidence: 'price ratio 1.00000: within bounds for 10 s', atMs: 1_004_000 },
    });
    expect(known.identity.learnt(gate, okx)?.exchanges).toEqual(['gate', 'okx']);
    known.contract('okx', '0x1').contract('gate', '0x2');
    expect(known.identity.learnt(okx, gate)).toMatchObject({
      ...{ ...entry, verdict: 'deny', evidence: 'two contracts on ERC20: 0x1 on okx, 0x2 on gate' },
    });
    const denied = new Known().ratio(okx, gate, 3);
    expect(denied.identity.learnt(okx, gate)).toMatchObject({ verdict: 'deny', atMs: 10_000 });
    const untold = new Known().contract('okx', '0x1').contract('gate', '0x2');
    expect(untold.identity.learnt(okx, gate)).toMatchObject({ verdict: 'deny', atMs: 0 });
    const without = new Known().contract('okx', '0x1').contract('gate', '0x2').ratio(okx, gate, 1, 1);
    expect(without.identity.learnt(okx, gate)).toMatchObject({ ...entry, verdict: 'deny' });
    expect(new Known().contract('okx', '0x1').contract('gate', '0x1').identity.learnt(okx, gate)).toMatchObject({
      ...{ verdict: 'allow', evidence: 'one contract on ERC20: 0x1', atMs: 0 },
    });
  });
});
