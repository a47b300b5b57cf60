import { describe, expect, it } from '@jest/globals';
import { loadSettings, SettingsError } from './load-settings.js';

const TARGET = { name: 'bot', type: 'webhook', url: 'https://bots.example.com/hook' };
const RULE = { name: 'r', on: 'opportunity', targets: ['bot'] };

function problems(alerts: object): readonly string[] {
  try {
    loadSettings({}, '/nowhere', { alerts });
    return [];
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
}
const rule = (part: object): object => ({ targets: [TARGET], rules: [{ ...RULE, ...part }] });
const target = (part: object): object => ({ targets: [{ name: 'x', ...part }] });
const hours = { from: '22:00', to: '07:00', timeZone: 'Europe/Berlin' };

describe('the settings of alerts', () => {
  it('are read from variables as JSON', () => {
    const { alerts } = loadSettings(
      { CROSSBOOK_ALERTS_TARGETS: JSON.stringify([TARGET]), CROSSBOOK_ALERTS_RULES: JSON.stringify([RULE]) },
      '/nowhere',
    );
    expect(alerts.targets).toEqual([{ ...TARGET, perMinute: 20 }]);
    expect(alerts.rules).toEqual([{ ...RULE, minDurationMs: 0, severity: 'info', oncePerMs: 600_000 }]);
    expect(() => loadSettings({ CROSSBOOK_ALERTS_RULES: '[{' }, '/nowhere')).toThrow(SettingsError);
  });

  it.each([
    [rule({ targets: ['nobody'] }), 'alerts.rules.0.targets', 'nobody is none'],
    [rule({ template: '{{nothing}}' }), 'alerts.rules.0.template', 'must not hold {{nothing}}; known are rule'],
    [rule({ minNetBp: 1 }), 'alerts.rules.0.minNetBp', 'no such setting'],
    [rule({ on: 'rain' }), 'alerts.rules.0.on', ''],
    [rule({ quietHours: { ...hours, timeZone: 'Mars/Base' } }), 'alerts.rules.0.quietHours.timeZone', 'IANA'],
    [rule({ quietHours: { ...hours, to: '22:00' } }), 'alerts.rules.0.quietHours.to', 'must differ'],
    [rule({ quietHours: { ...hours, from: '24:00' } }), 'alerts.rules.0.quietHours.from', 'such as "22:00"'],
    [{ targets: [TARGET, TARGET] }, 'alerts.targets.1.name', 'must differ'],
    [target({ type: 'webhook', url: 'http://bots.example.com' }), 'alerts.targets.0.url', 'https://'],
    [target({ type: 'telegram', chatId: 'me', baseUrl: 'https://a.example' }), 'alerts.targets.0.chatId', ''],
    [
      target({ type: 'mail', host: 'smtp.example.com', security: 'none', from: 'a@b.example', to: ['a@b.example'] }),
      'alerts.targets.0.security',
      'only a server on this machine',
    ],
  ])('%j are refused by field', (alerts, field, message) => {
    const found = problems(alerts);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(new RegExp(`^${field}[: ]`));
    expect(found[0]).toContain(message);
  });

  it('take http on this machine, for proxies and tests', () => {
    expect(problems(target({ type: 'slack', baseUrl: 'http://127.0.0.1:9' }))).toEqual([]);
  });

  it('repeat no secret that stands there by mistake', () => {
    const [secret, token] = ['https://me:hunter2@bots.example.com/', 'hunter3'];
    const told = [
      ...problems(target({ type: 'webhook', url: secret })),
      ...problems(target({ type: 'slack', token })),
      ...problems({ targets: { token } }),
      ...problems({ targets: token }),
    ];
    expect(told).toHaveLength(4);
    expect(told.join()).not.toMatch(/hunter/);
  });
});
