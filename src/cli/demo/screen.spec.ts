import { describe, expect, it } from '@jest/globals';
import type { Opportunity } from '../../core/opportunity/opportunity.js';
import { Board } from './board.js';
import { eventLine, screen } from './screen.js';
import type { StreamMessage } from './service-client.js';

function opportunity(id: string, over: Partial<Opportunity> = {}): Opportunity {
  const leg = {
    symbol: 'BTC/USDT',
    vwap: 1,
    size: 1,
    takerFeeBps: 8,
    feeSource: 'account',
    exchangeTimeMs: null,
    receivedAtMs: 0,
    sequence: null,
  } as const;
  return {
    id,
    kind: 'cross',
    state: 'open',
    symbol: 'BTC/USDT',
    legs: [
      { ...leg, side: 'buy', exchange: 'okx' },
      { ...leg, side: 'sell', exchange: 'kraken' },
    ],
    grossBps: 30,
    topNetBps: 12,
    size: 1,
    notional: 1_000,
    netProfit: 1.2,
    netBps: 12,
    currency: 'USDT',
    notionalUsd: null,
    routeId: 'cross:okx:BTC/USDT>kraken:BTC/USDT',
    epoch: 'e',
    revision: 1,
    afterTransfer: null,
    conversion: null,
    identity: 'allowed',
    cappedBy: null,
    openedAtMs: 10_000,
    updatedAtMs: 10_000,
    closedAtMs: null,
    closeReason: null,
    peakNetBps: 14,
    peakSize: 1,
    aboveMs: 0,
    standing: false,
    detectedAtMs: 10_000,
    ...over,
  };
}

function update(event: 'opened' | 'closed', opportunity: Opportunity): StreamMessage {
  return { type: 'update', channel: 'opportunities', data: [{ event, opportunity }] };
}

describe('screen', () => {
  it('says so when nothing has paid yet', () => {
    expect(screen(new Board(), 0, 0, []).join('\n')).toContain('no spread has paid yet');
  });

  it('shows what is open, best first, then what closed, newest first', () => {
    const board = new Board();
    board.take({ type: 'snapshot', channel: 'opportunities', data: [opportunity('a', { netBps: 6 })] });
    board.take(update('opened', opportunity('b', { netBps: 9 })));
    board.take(update('closed', opportunity('c', { state: 'closed', netBps: 3, closedAtMs: 12_500 })));
    const lines = screen(board, 11_000, 4, ['footer']);
    expect(lines[0]).toContain('2 opened, 1 closed, 4 refused');
    expect(lines.slice(3, 6).map((line) => line.replace(/\s+/g, ' '))).toEqual([
      '● BTC/USDT okx kraken 9.00 1.20 USDT 1000.00 USDT 1.0 s 00:00:10.000',
      '● BTC/USDT okx kraken 6.00 1.20 USDT 1000.00 USDT 1.0 s 00:00:10.000',
      '○ BTC/USDT okx kraken 3.00 1.20 USDT 1000.00 USDT 2.5 s 00:00:10.000',
    ]);
    expect(lines.at(-1)).toBe('footer');
  });

  it('keeps a bounded list of what closed', () => {
    const board = new Board();
    for (let i = 0; i < 50; i++) board.take(update('closed', opportunity(String(i))));
    expect([board.closed, board.recent.length, board.recent[0]?.id]).toEqual([50, 8, '49']);
  });
});

describe('eventLine', () => {
  it('tells the route, the worth and the reason', () => {
    expect(eventLine('opened', opportunity('a'))).toBe(
      'opened  BTC/USDT okx → kraken  12.00 bps  1.20 USDT on 1000.00 USDT',
    );
    expect(eventLine('closed', opportunity('a', { closedAtMs: 12_000, closeReason: 'collapsed' }))).toBe(
      'closed  BTC/USDT okx → kraken  collapsed after 2.0 s, peak 14.00 bps',
    );
  });
});
