import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { verifyAlert } from '../../src/client/index.js';
import { databaseByUrl, embeddedDatabase, type TestDatabase } from '../support/databases.js';
import { opened } from '../support/opportunity.builder.js';
import { readOnly } from '../support/scripted-probe.js';
import { SecretHunt } from '../support/secret-hunt.js';
import { filesBelow } from '../support/stack.js';
import { waitFor } from '../support/wait-for.js';
import { type AlertsApp, startAlerts } from './alerts-app.js';
import { type Got, MailServer, TargetServer } from './target-servers.js';

const SECRETS = {
  phone: '123456789:PLANTED_telegram-token_0123456789abcd',
  key: 'PLANTEDwebhookKey/0123456789+abcdef',
  discord: '/api/webhooks/4711/PLANTED-discord-token_0123456789',
  slack: '/services/T000/B000/PLANTEDslackToken0123456789',
  mail: 'PLANTED mail pass"word',
};
const NASTY = '@everyone <!channel> <@U1> *bold* _it_ `x` <b>&amp; https://x.example/a_b';

let database: TestDatabase;
let server: TargetServer;
let mail: MailServer;
let app: AlertsApp;

const targets = (): Record<string, unknown>[] => [
  { name: 'phone', type: 'telegram', chatId: -100123, baseUrl: server.url },
  { name: 'guild', type: 'discord', baseUrl: server.url },
  { name: 'team', type: 'slack', baseUrl: server.url },
  { name: 'bot', type: 'webhook', url: `${server.url}/hook`, perMinute: 100 },
  {
    ...{ name: 'post', type: 'mail', host: '127.0.0.1', port: mail.port, security: 'none', user: 'crossbook' },
    ...{ from: 'crossbook@example.com', to: ['a@example.com', 'b@example.com'] },
  },
];
const rule = (name: string, to: string[], more: object = {}): object => ({
  ...{ name, on: 'opportunity', targets: to, oncePerMs: 0, template: `{{symbol}} ${name}\n${NASTY}` },
  ...more,
});
const FAST = { timeoutMs: 600, firstRetryMs: 100, maxRetryMs: 1_000 };

async function start(rules: object[], more: object = {}): Promise<void> {
  app = await startAlerts(database, { targets: targets(), rules, ...FAST, ...more });
  await app.secret('phone', SECRETS.phone);
  await app.secret('guild', `${server.url}${SECRETS.discord}`);
  await app.secret('team', `${server.url}${SECRETS.slack}`);
  await app.secret('bot', SECRETS.key);
  await app.secret('post', SECRETS.mail);
}
let made = 0;
/** Opportunities on routes of their own. */
function happen(count = 1): void {
  for (let i = 0; i < count; i += 1) {
    made += 1;
    app.feed.emit(opened({ id: `o${made}`, routeId: `cross:okx:S${made}/USDT>binance:S${made}/USDT` }));
  }
}
const delivered = (count: number): Promise<void> =>
  waitFor(`${count} are delivered`, async () => (await app.alerts('&state=delivered')).length === count);

beforeAll(async () => {
  database = (await databaseByUrl()) ?? embeddedDatabase();
}, 60_000);
afterAll(async () => {
  await database.remove();
});
beforeEach(async () => {
  server = await new TargetServer().open();
  mail = await new MailServer(SECRETS.mail).open();
});
afterEach(async () => {
  await app.database.query('TRUNCATE alerts, target_secrets');
  await app.stop();
  await server.close();
  await mail.close();
});

describe('an alert', () => {
  it('reaches every kind of target as it wants it, and no text in it is read as markup or a mention', async () => {
    await start([rule('all', ['phone', 'guild', 'team', 'bot', 'post'])]);
    happen();
    await delivered(5);

    const only = (path: string): Got => server.of(path)[0]!;
    const phone = only('/sendMessage');
    expect(phone.path).toBe(`/bot${SECRETS.phone}/sendMessage`);
    expect(phone.json['chat_id']).toBe('-100123');
    expect(phone.json['text']).toMatch(/^<b>BTC\/USDT all<\/b>\n@everyone &lt;!channel&gt; .*&lt;b&gt;&amp;amp;/);
    const guild = only(SECRETS.discord);
    expect(guild).toMatchObject({ path: `${SECRETS.discord}?wait=true`, json: { allowed_mentions: { parse: [] } } });
    expect(guild.json['content']).toContain('@\u200Beveryone \\<!channel\\> \\<@\u200BU1\\> \\*bold\\*');
    expect(guild.json['content']).toContain('https://x.example/a_b');
    const team = only(SECRETS.slack);
    expect(team.json['text']).toContain('@\u200Beveryone &lt;!channel&gt; &lt;@\u200BU1&gt; *bold*');
    const [post] = mail.mails;
    expect(post?.to).toEqual(['a@example.com', 'b@example.com']);
    const [stored] = (await app.alerts('&target=post')) as { id: string }[];
    expect(post?.raw).toContain('Subject: [crossbook] BTC/USDT all');
    expect(post?.raw).toContain(`Message-ID: <${stored!.id}@example.com>`);
  });

  it('comes signed to a webhook, so that its receiver knows it from a forgery and from an old copy', async () => {
    await start([rule('bot', ['bot'], { template: undefined })]);
    happen();
    await delivered(1);
    const [got] = server.of('/hook');
    const request = {
      key: SECRETS.key,
      timestamp: String(got!.headers['x-crossbook-timestamp']),
      signature: String(got!.headers['x-crossbook-signature']),
      body: got!.body,
    };
    const nowMs = Number(request.timestamp) * 1_000;
    expect(await verifyAlert(request)).toBe(true);
    expect(await verifyAlert({ ...request, nowMs: nowMs + 300_000 })).toBe(true);
    expect(await verifyAlert({ ...request, nowMs: nowMs + 300_001 })).toBe(false);
    expect(await verifyAlert({ ...request, nowMs: nowMs - 300_001 })).toBe(false);
    expect(await verifyAlert({ ...request, body: `${request.body} ` })).toBe(false);
    expect(await verifyAlert({ ...request, key: `${SECRETS.key}x` })).toBe(false);
    const later = String(Number(request.timestamp) + 1);
    expect(await verifyAlert({ ...request, timestamp: later })).toBe(false);
    expect(await verifyAlert({ ...request, signature: request.signature.toUpperCase() })).toBe(false);
    expect(got?.json).toMatchObject({ v: 1, id: got?.headers['x-crossbook-id'], rule: 'bot', kind: 'opportunity' });
  });

  it('is tried until it arrives, with one id, through refusals, resets and silence, and holds up no other target', async () => {
    await start([rule('both', ['bot', 'team'])]);
    server.trouble('/hook', { status: 500 }, 'reset', 'hang', { status: 503 });
    happen();
    await waitFor('the other one has it', () => server.of(SECRETS.slack).length === 1, 3_000);
    await delivered(2);
    const ids = server.of('/hook').map(({ headers }) => headers['x-crossbook-id']);
    expect(ids).toHaveLength(5);
    expect(new Set(ids).size).toBe(1);
    const [alert] = await app.alerts('&target=bot');
    expect(alert).toMatchObject({ id: ids[0], attempts: 5, state: 'delivered', lastError: null });
  });

  it.each([
    ['Telegram', 'phone', '/sendMessage', { ok: false, error_code: 429, parameters: { retry_after: 2 } }, {}],
    ['Discord', 'guild', '/api/webhooks/', { message: 'rate limited', retry_after: 1.5, global: false }, {}],
    ['Slack', 'team', '/services/', 'rate_limited', { 'retry-after': '2' }],
  ])('waits for as long as %s asks', async (_, target, path, body, headers) => {
    await start([rule('one', [target])]);
    server.trouble(path, { status: 429, headers, body });
    happen(2);
    await delivered(2);
    const [first, second] = server.of(path);
    expect(second!.atMs - first!.atMs).toBeGreaterThanOrEqual(1_500);
  });

  it('follows no redirect, is dead at once where nothing will mend, and is sent again by hand', async () => {
    await start([rule('one', ['bot', 'post'])], { maxAttempts: 2, timeoutMs: 5_000 });
    server.trouble('/hook', { status: 307, headers: { location: `${server.url}/elsewhere` } });
    mail.refusals.push(451, 451);
    happen();
    await waitFor('both are dead', async () => (await app.alerts('&state=dead')).length === 2);
    expect(server.of('/elsewhere')).toEqual([]);
    const [bot, post] = [(await app.alerts('&target=bot'))[0]!, (await app.alerts('&target=post'))[0]!];
    expect(bot).toMatchObject({ attempts: 1, lastError: expect.stringContaining('HTTP 307') });
    expect(post).toMatchObject({ attempts: 2, lastError: expect.stringContaining('451') });
    const { text } = await app.call('GET', '/metrics');
    expect(text).toContain('crossbook_alerts_dead_total{target="bot"} 1');

    expect((await app.call('POST', `/v1/alerts/${String(bot['id'])}/resend`)).status).toBe(200);
    expect((await app.call('POST', '/v1/alerts/resend', { target: 'post' })).json).toEqual({ resent: 1 });
    await delivered(2);
    expect(server.of('/hook').map(({ json }) => json['id'])).toEqual([bot['id'], bot['id']]);
    const again = await app.call('POST', `/v1/alerts/${String(bot['id'])}/resend`);
    expect([again.status, again.json['code']]).toEqual([409, 'not_dead']);
    expect((await app.call('POST', '/v1/alerts/nothing/resend')).json['code']).toBe('no_such_alert');
  });
});

describe('limits and windows', () => {
  it('tells a target no more often than it may be told, and sums up the rest', async () => {
    const [slow] = targets().filter(({ name }) => name === 'bot');
    app = await startAlerts(database, {
      ...{ targets: [{ ...slow, perMinute: 3 }], rules: [rule('many', ['bot'])], ...FAST },
    });
    // Without a secret they wait.
    happen(15);
    await waitFor('15 wait', async () => (await app.alerts('&state=waiting')).length === 15);
    expect(server.got).toEqual([]);
    await app.secret('bot', SECRETS.key);
    await waitFor('the sum came', () => server.of('/hook').length === 3);
    const sum = server.of('/hook')[2]!.json;
    expect(sum).toMatchObject({ kind: 'digest', fields: { count: '13' } });
    expect(sum['text']).toMatch(/^13 alerts at once\n(- BTC\/USDT many\n){10}and 3 more$/);
    happen(2);
    await waitFor('two wait', async () => (await app.alerts('&state=waiting')).length === 2);
    const summed = await app.alerts('&state=summed');
    expect(summed.map(({ summedIn }) => summedIn)).toEqual(Array.from({ length: 13 }, () => sum['id']));
    expect(server.of('/hook')).toHaveLength(3);
    app.clock.advance(60_000);
    await waitFor('a minute later the others come', () => server.of('/hook').length === 5);
  });

  it('tells the same thing once per window, over a restart too', async () => {
    const rules = [rule('once', ['bot'], { oncePerMs: 600_000 })];
    await start(rules);
    app.feed.emit(opened({ id: 'a' }));
    app.feed.emit(opened({ id: 'b' }));
    await delivered(1);
    await app.stop();
    await start(rules);
    app.feed.emit(opened({ id: 'c' }));
    app.feed.emit(opened({ id: 'd', routeId: 'another' }));
    await delivered(2);
    app.clock.advance(600_001);
    app.feed.emit(opened({ id: 'e' }));
    await delivered(3);
    expect((await app.call('GET', '/metrics')).text).toContain('crossbook_alerts_dropped_total{reason="duplicate"} 1');
  });

  it('holds what falls into quiet hours until their end', async () => {
    const at = (ms: number): string => new Date(Date.now() + ms).toISOString().slice(11, 16);
    const quietHours = { from: at(-3_600_000), to: at(7_200_000), timeZone: 'UTC' };
    await start([rule('night', ['bot'], { quietHours }), rule('loud', ['team'], { quietHours, severity: 'critical' })]);
    happen();
    await delivered(1);
    expect(await app.alerts('&state=waiting')).toMatchObject([{ rule: 'night', attempts: 0 }]);
    expect(server.of('/hook')).toEqual([]);
    app.clock.advance(7_200_000);
    await delivered(2);
    expect(server.of('/hook')).toHaveLength(1);
  });

  it('tells of findings on keys, and of exchanges that are down', async () => {
    await start([
      { name: 'keys', on: 'keyFinding', severities: ['critical'], targets: ['bot'] },
      { name: 'down', on: 'exchangeDown', forMs: 60_000, targets: ['bot'] },
    ]);
    const key = { exchange: 'okx', label: 'old bot', apiKey: 'k'.repeat(20), secret: 's'.repeat(20), passphrase: 'p' };
    app.probe.answers.set(key.apiKey, readOnly({ withdraw: true }));
    expect((await app.call('POST', '/v1/keys', { ...key, acceptWithdrawal: true })).status).toBe(201);
    await waitFor('the finding is told', () => server.of('/hook').length === 1);
    expect(server.of('/hook')[0]?.json).toMatchObject({
      ...{ kind: 'keyFinding', severity: 'critical' },
      fields: { code: 'WITHDRAW_ENABLED', label: 'old bot' },
    });
    const lastError = { code: 'unreachable', message: 'ECONNREFUSED', host: null, atMs: 0, untilMs: null };
    app.markets.emit({
      ...{ id: 'kraken', status: 'down', integrity: 'verified', clockOffsetMs: null, messagesPerSecond: 0 },
      ...{ messages: 0, updates: 0, resyncs: 0, reconnects: 0, sequenceBreaks: 0, strayFaults: 0, lastError },
      symbols: [],
    });
    app.clock.advance(60_001);
    await waitFor('the exchange is told', () => server.of('/hook').length === 2);
    expect(server.of('/hook')[1]?.json['text']).toMatch(
      /^kraken is down for 1 min\nsince .*unreachable: ECONNREFUSED$/,
    );
    await app.database.query('TRUNCATE credentials, key_checks');
  });
});

describe('the secrets of targets', () => {
  it('go in by REST and come out nowhere, and are refused without being repeated', async () => {
    await start([rule('all', ['phone', 'guild', 'team', 'bot', 'post'])], { maxAttempts: 1 });
    const hunt = new SecretHunt();
    for (const [name, secret] of Object.entries(SECRETS)) hunt.seek(name, secret);
    const answers: string[] = [];
    const ask = async (method: string, target: string, body?: unknown): Promise<number> => {
      const answer = await app.call(method, target, body);
      answers.push(answer.text);
      return answer.status;
    };
    // Some repeat what they were sent.
    server.trouble('/sendMessage', {
      ...{ status: 401, body: { ok: false, description: `Unauthorized: ${SECRETS.phone}` } },
    });
    server.trouble(SECRETS.discord, { status: 404, body: { message: `no ${SECRETS.discord}` } });
    server.trouble(SECRETS.slack, 'reset');
    mail.refusals.push(535);
    happen();
    await waitFor('four are dead', async () => (await app.alerts('&state=dead')).length === 4);

    expect(await ask('PUT', '/v1/alerts/targets/phone/secret', { secret: SECRETS.key })).toBe(400);
    expect(await ask('PUT', '/v1/alerts/targets/team/secret', { secret: `https://evil.example${SECRETS.slack}` })).toBe(
      400,
    );
    expect(await ask('PUT', '/v1/alerts/targets/bot/secret', { secret: SECRETS.key, [SECRETS.key]: 1 })).toBe(400);
    expect(await ask('PUT', '/v1/alerts/targets/nobody/secret', { secret: SECRETS.key })).toBe(404);
    expect(await ask('PUT', '/v1/alerts/targets/bot/secret', { secret: 'short' })).toBe(400);
    for (const target of ['phone', 'guild', 'team', 'bot', 'post']) {
      expect(await ask('POST', `/v1/alerts/targets/${target}/test`)).toBe(200);
    }
    for (const target of ['/v1/alerts', '/v1/alerts/targets', '/v1/settings', '/metrics', '/v1/keys/audit']) {
      expect(await ask('GET', target)).toBe(200);
    }
    expect(answers.join()).toContain('[redacted]');
    expect(hunt.foundIn(answers.join('\n'))).toEqual([]);
    expect(hunt.foundIn(app.lines.join('\n'))).toEqual([]);
    const rows = await app.database.query('SELECT * FROM alerts');
    const sealed = await app.database.query('SELECT * FROM target_secrets');
    expect(sealed).toHaveLength(5);
    expect(hunt.foundIn(JSON.stringify([rows, sealed]))).toEqual([]);
    for (const [, bytes] of filesBelow(database.dataDir)) expect(hunt.foundIn(bytes)).toEqual([]);
    expect(await ask('DELETE', '/v1/alerts/targets/bot/secret')).toBe(204);
    expect(await ask('DELETE', '/v1/alerts/targets/bot/secret')).toBe(404);
    const { json } = await app.call('POST', '/v1/alerts/targets/bot/test');
    expect(json).toMatchObject({ isDelivered: false, reason: expect.stringContaining('no secret is stored') });
  });

  it('are sealed anew with the keys when the master key is rotated, and open under their own name alone', async () => {
    await start([]);
    const kids = (): Promise<{ kid: string }[]> => app.database.query('SELECT DISTINCT kid FROM target_secrets');
    const [before] = await kids();
    const rotated = await app.call('POST', '/v1/keys/master/rotate');
    expect(rotated.json).toMatchObject({ isNew: true, resealed: 5, dropped: [before?.kid], unopened: [] });
    expect(await kids()).toEqual([{ kid: rotated.json['kid'] }]);
    const test = async (name: string): Promise<Record<string, unknown>> =>
      (await app.call('POST', `/v1/alerts/targets/${name}/test`)).json;
    for (const name of ['phone', 'guild', 'team', 'bot', 'post'])
      expect(await test(name)).toMatchObject({ isDelivered: true });
    expect(server.of('/hook')[0]?.json).toMatchObject({ kind: 'test', text: expect.stringMatching(/^Test of/) });

    await app.database.query(
      `UPDATE target_secrets SET sealed = (SELECT sealed FROM target_secrets WHERE name = 'phone') WHERE name = 'bot'`,
    );
    expect(await test('bot')).toMatchObject({ isDelivered: false, reason: expect.stringContaining('seal_broken') });
  });
});
