import { describe, expect, it } from '@jest/globals';
import type { Opportunity, OpportunityEvent } from '../../core/opportunity/opportunity.js';
import type { ExchangeStatus } from '../../core/market/exchange-status.js';
import type { KeyView } from '../../keys/index.js';
import { type AlertRule, settingsSchema } from '../../platform/config/index.js';
import type { Alert } from '../alert.js';
import { RuleEngine } from './rule-engine.js';
import { type AlertInput, durationText } from './watch.js';

const START = Date.parse('2026-06-01T12:00Z');
const TICK: AlertInput = { type: 'tick' };

/** Rules as the settings give them, with every default. */
function rules(...given: object[]): AlertRule[] {
  const target = { name: 'bot', type: 'webhook', url: 'https://bots.example.com' };
  const named = given.map((rule, at) => ({ name: `r${at}`, targets: ['bot'], ...rule }));
  return settingsSchema.parse({ alerts: { targets: [target], rules: named } }).alerts.rules;
}

function event(kind: OpportunityEvent['event'], part: Partial<Opportunity> = {}): AlertInput {
  const leg = { vwap: 64_000, size: 1, takerFeeBps: 10, feeSource: 'account', symbol: 'BTC/USDT' } as const;
  const times = { exchangeTimeMs: START, receivedAtMs: START, sequence: 1 };
  const opportunity: Opportunity = {
    ...{ id: 'o1', kind: 'cross', state: kind === 'closed' ? 'closed' : 'open', symbol: 'BTC/USDT', epoch: 'e' },
    legs: [
      { ...leg, ...times, side: 'buy', exchange: 'okx' },
      { ...leg, ...times, side: 'sell', exchange: 'binance' },
    ],
    ...{ grossBps: 30, topNetBps: 12, size: 1, notional: 64_000, netProfit: 64, netBps: 10, currency: 'USDT' },
    ...{ notionalUsd: 64_000, routeId: 'cross:okx:BTC/USDT>binance:BTC/USDT', revision: 1, afterTransfer: null },
    ...{ conversion: null, identity: 'allowed', cappedBy: null, openedAtMs: START, updatedAtMs: START },
    ...{ closedAtMs: null, closeReason: null, peakNetBps: 10, peakSize: 1, aboveMs: 0, standing: false },
    detectedAtMs: START,
    ...part,
  };
  return { type: 'opportunity', event: { v: 1, event: kind, opportunity } };
}

function status(id: string, state: ExchangeStatus['status']): AlertInput {
  const none = { messages: 0, updates: 0, resyncs: 0, reconnects: 0, sequenceBreaks: 0, strayFaults: 0 };
  return {
    type: 'exchange',
    status: {
      ...{ id, status: state, integrity: 'verified', clockOffsetMs: null, messagesPerSecond: 0, ...none },
      ...{ lastError: null, symbols: [] },
    },
  };
}

function key(severity: 'warning' | 'critical', part: Partial<KeyView> = {}): AlertInput {
  const finding = {
    code: 'NO_IP_RESTRICTION',
    severity,
    seen: 'a\nb',
    sinceMs: 0,
    remedy: 'bind it',
    url: null,
  } as const;
  return {
    type: 'key',
    key: {
      ...{
        id: 'k1',
        exchange: 'okx',
        label: 'main',
        account: 'main',
        purposes: [],
        state: 'active',
        health: 'warning',
      },
      ...{ findings: [finding], scopes: { read: true, trade: null, withdraw: null, transfer: null } },
      ...{ ipRestricted: false, ipList: null, createdAtMs: null, expiresAtMs: null, lastCheckedAtMs: 0 },
      ...{ lastUsedAtMs: null, addedAtMs: 0, replacedBy: null, fingerprint: 'f' },
      ...part,
    },
  };
}

/** What an engine tells of a story: inputs with the seconds at which they come. */
function told(given: AlertRule[], ...story: [number, AlertInput][]): Alert[] {
  const engine = new RuleEngine(given, START);
  return story.flatMap(([second, input]) => [...engine.step(input, START + second * 1_000).alerts]);
}

describe('a rule about opportunities', () => {
  it.each([
    [{}, {}, true],
    [{ symbols: ['ETH/USDT'] }, {}, false],
    [{ symbols: ['BTC/USDT'], exchanges: ['binance'], kinds: ['cross'] }, {}, true],
    [{ exchanges: ['kraken'] }, {}, false],
    [{ routes: ['cross:okx:BTC/USDT>binance:BTC/USDT'] }, {}, true],
    [{ routes: ['cross:binance:BTC/USDT>okx:BTC/USDT'] }, {}, false],
    [{ minNetBps: 10 }, {}, true],
    [{ minNetBps: 10.1 }, {}, false],
    [{ minNotionalUsd: 64_000 }, {}, true],
    [{ minNotionalUsd: 1 }, { notionalUsd: null }, false],
    [{ standing: false }, { standing: true }, false],
    [{ standing: true }, { standing: true }, true],
  ])('%j finds %j: %j', (part, opportunity, isFound) => {
    expect(told(rules({ on: 'opportunity', ...part }), [0, event('opened', opportunity)])).toHaveLength(
      isFound ? 1 : 0,
    );
  });

  it('tells each once, also one that begins to be as wanted later', () => {
    const given = rules({ on: 'opportunity', minNetBps: 20, oncePerMs: 0 });
    const low = event('opened');
    const high = event('updated', { netBps: 25 });
    expect(told(given, [0, low], [1, high], [2, high], [3, event('updated')], [4, high])).toHaveLength(1);
  });

  it('waits until it has lived so long, whoever brings the news of that', () => {
    const given = rules({ on: 'opportunity', minDurationMs: 5_000 });
    const open = event('opened');
    expect(told(given, [0, open], [4.9, TICK])).toEqual([]);
    expect(told(given, [0, open], [4, TICK], [5, TICK], [6, TICK])).toMatchObject([{ atMs: START + 5_000 }]);
    expect(told(given, [0, open], [5.5, event('updated')])).toHaveLength(1);
    const closed = (atMs: number): AlertInput => event('closed', { closedAtMs: START + atMs });
    expect(told(given, [0, open], [5.5, closed(5_500)], [6, TICK])).toHaveLength(1);
    expect(told(given, [0, open], [3, closed(3_000)], [9, TICK])).toEqual([]);
    // What it became is not what is wanted.
    const picky = rules({ on: 'opportunity', minDurationMs: 5_000, minNetBps: 5 });
    expect(told(picky, [0, open], [2, event('updated', { netBps: 1 })], [9, TICK])).toEqual([]);
  });

  it('tells a route once per window', () => {
    const given = rules({ on: 'opportunity', oncePerMs: 60_000 });
    const at = (second: number, id: string, routeId = 'r'): [number, AlertInput] => [
      second,
      event('opened', { id, routeId }),
    ];
    const alerts = told(given, at(0, 'a'), at(59.9, 'b'), at(59.9, 'c', 'other'), at(60, 'd'));
    expect(alerts.map(({ fields }) => fields['opportunityId'])).toEqual(['a', 'c', 'd']);
  });
});

describe('a rule about keys', () => {
  it('tells findings of its severities, in one line each, once per window', () => {
    const given = rules({
      on: 'keyFinding',
      severities: ['warning'],
      template: '{{label}}|{{seen}}|{{severity}}|{{rule}}',
    });
    const alerts = told(
      given,
      [0, key('warning')],
      [9, key('warning')],
      [9, key('critical')],
      [90_000, key('warning')],
    );
    expect(alerts.map(({ text }) => text)).toEqual(['main|a b|warning|r0', 'main|a b|warning|r0']);
  });
});

describe('a rule about exchanges', () => {
  it('tells one that is down for so long, and again while that lasts', () => {
    const given = rules({ on: 'exchangeDown', forMs: 60_000, oncePerMs: 600_000 });
    const down = status('okx', 'down');
    expect(told(given, [0, down], [59, TICK], [59, status('okx', 'live')], [90, TICK])).toEqual([]);
    const alerts = told(
      given,
      [0, down],
      [30, status('okx', 'connecting')],
      [60, TICK],
      [61, TICK],
      [659, down],
      [660, TICK],
    );
    expect(alerts.map(({ atMs }) => (atMs - START) / 1_000)).toEqual([60, 660]);
    expect(alerts[0]?.text).toContain('okx is down for 1 min');
  });
});

describe('a rule about silence', () => {
  it('fires when there was nothing as wanted, not while something is open, and again while it lasts', () => {
    const given = rules({ on: 'silence', forMs: 60_000, oncePerMs: 120_000, minNetBps: 5 });
    const poor = event('opened', { id: 'p', netBps: 1 });
    const first = told(given, [0, TICK], [30, poor], [59, TICK], [60, TICK], [61, TICK], [179, TICK], [180, TICK]);
    expect(first.map(({ atMs }) => (atMs - START) / 1_000)).toEqual([60, 180]);
    const closing = event('closed', { closedAtMs: START + 200_000 });
    const second = told(given, [30, event('opened')], [190, TICK], [200, closing], [259, TICK], [260, TICK]);
    expect(second.map(({ fields }) => fields['since'])).toEqual(['2026-06-01T12:03:20.000Z']);
  });
});

describe('quiet hours', () => {
  const quietHours = { from: '11:00', to: '13:00', timeZone: 'UTC' };
  it('hold until their end, drop, or let critical ones pass, as the rule says', () => {
    const engine = (more: object): RuleEngine => new RuleEngine(rules({ on: 'opportunity', ...more }), START);
    const held = engine({ quietHours }).step(event('opened'), START);
    expect(held.alerts).toMatchObject([{ atMs: START, dueAtMs: Date.parse('2026-06-01T13:00Z') }]);
    const dropping = engine({ quietHours: { ...quietHours, then: 'drop' } });
    expect(dropping.step(event('opened'), START)).toEqual({ alerts: [], dropped: ['quiet_hours'] });
    // What was dropped was not told: its route is not quiet for its window.
    expect(dropping.step(event('opened', { id: 'o2' }), START + 3_600_000).alerts).toHaveLength(1);
    const critical = { severity: 'critical', quietHours };
    expect(engine(critical).step(event('opened'), START).alerts[0]?.dueAtMs).toBe(START);
    const strict = { severity: 'critical', quietHours: { ...quietHours, criticalPasses: false } };
    expect(engine(strict).step(event('opened'), START).alerts[0]?.dueAtMs).toBeGreaterThan(START);
  });
});

describe('durationText', () => {
  it.each([
    [3_400, '3.4 s'],
    [59_600, '60 s'],
    [61_000, '1 min'],
    [3_600_000, '1 h'],
    [5_400_000, '1 h 30 min'],
    [90_000_000, '1 d 1 h'],
  ])('%d ms is %s', (ms, text) => {
    expect(durationText(ms)).toBe(text);
  });
});
