import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type OpenDatabase, PrismaModule } from '../../src/platform/prisma/index.js';
import { IssuedTokens, type NewToken, TokensModule, type TokenView } from '../../src/platform/tokens/index.js';
import { buildCommandLine, commandLine, type Ended } from '../support/command-line.js';
import { databaseByUrl, embeddedDatabase, type TestDatabase } from '../support/databases.js';
import { FeedApp } from '../support/feed-app.js';
import { type Answer, ask } from '../support/request.js';

let database: TestDatabase;
let opened: OpenDatabase;
let feed: FeedApp | null = null;
const running = (): FeedApp => feed!;

beforeAll(async () => {
  buildCommandLine();
  database = (await databaseByUrl()) ?? embeddedDatabase();
  await start();
}, 180_000);

afterAll(async () => {
  await feed?.stop();
  await database.remove();
});

afterEach(async () => {
  if (!feed) return;
  await opened.database.query('TRUNCATE tokens');
  await running().app.get(IssuedTokens).follow();
});

async function start(): Promise<void> {
  opened = await database.open();
  const { dataDir } = database;
  const imports = [PrismaModule.using(opened), TokensModule];
  feed = await FeedApp.start({ heartbeatMs: 60_000 }, { settings: { dataDir }, imports });
}

function call(method: string, target: string, body?: unknown, token = running().token): Promise<Answer> {
  return ask(running().port, target, {
    method,
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

async function created(fields: object, token?: string): Promise<NewToken> {
  const answer = await call('POST', '/v1/tokens', { name: 'bot', scopes: ['feed'], ...fields }, token);
  expect([answer.status, answer.text]).toEqual([201, expect.stringContaining('cbk_')]);
  return answer.json as unknown as NewToken;
}

const listed = async (): Promise<TokenView[]> => (await call('GET', '/v1/tokens')).json['data'] as TokenView[];

describe('tokens by REST', () => {
  it('are shown with their secret once, and stored without it', async () => {
    const made = await created({ scopes: ['history', 'feed', 'feed'], expiresInMs: 60_000 });
    expect(made.token).toMatch(/^cbk_[A-Za-z0-9_-]{43}$/);
    expect(made).toMatchObject({
      scopes: ['feed', 'history'],
      createdBy: 'admin',
      state: 'active',
      lastUsedAtMs: null,
    });
    expect(made.expiresAtMs! - made.createdAtMs).toBeCloseTo(60_000, 0);
    const list = await call('GET', '/v1/tokens');
    expect(list.headers['cache-control']).toBe('no-store');
    expect(list.json['data']).toMatchObject([{ id: made.id, name: 'bot', hint: made.token.slice(0, 8) }]);
    const rows = JSON.stringify(await opened.database.query('SELECT * FROM tokens'));
    for (const text of [list.text, rows, running().lines.join('')]) expect(text).not.toContain(made.token);
    expect(rows).not.toContain(made.token.slice(8));
  });

  it('allow what their scopes say, and nothing else', async () => {
    const { token } = await created({ name: 'admin-of-tokens', scopes: ['tokens:admin', 'feed'] });
    expect((await call('GET', '/v1/tokens', undefined, token)).status).toBe(200);
    const { token: reader } = await created({ name: 'reader' });
    const refused = await call('GET', '/v1/tokens', undefined, reader);
    expect(refused.json).toMatchObject({ status: 403, code: 'scope' });
    expect(await call('POST', '/v1/tokens', { name: 'x', scopes: ['keys:admin'] }, token)).toMatchObject({
      json: { status: 403, code: 'scope', field: 'scopes' },
    });
    expect((await created({ name: 'passed-on' }, token)).createdBy).toBe('admin-of-tokens');
    expect((await ask(running().port, '/v1/tokens')).status).toBe(401);
  });

  it('make none that lasts longer than themselves', async () => {
    const { token } = await created({ scopes: ['tokens:admin', 'feed'], expiresInMs: 60_000 });
    for (const expiresInMs of [null, 120_000]) {
      const answer = await call('POST', '/v1/tokens', { name: 'x', scopes: ['feed'], expiresInMs }, token);
      expect(answer.json).toMatchObject({ status: 403, code: 'expiry', field: 'expiresInMs' });
    }
    await created({ name: 'shorter', expiresInMs: 1_000 }, token);
  });

  it.each([
    [{ name: 'two words' }, 'name'],
    [{ name: 'Admin' }, 'name'],
    [{ name: '' }, 'name'],
    [{ scopes: [] }, 'scopes'],
    [{ scopes: ['all'] }, 'scopes[0]'],
    [{ expiresInMs: -1 }, 'expiresInMs'],
    [{ expiresInMs: 1e300 }, 'expiresInMs'],
    [{ secret: 'cbk_x' }, 'secret'],
  ])('are not made of %j', async (fields, field) => {
    const answer = await call('POST', '/v1/tokens', { name: 'bot', scopes: ['feed'], ...fields });
    expect(answer.json).toMatchObject({ status: 400, code: 'bad_body', field });
    expect(await listed()).toEqual([]);
  });

  it('have a name of their own, which is free again once they are revoked', async () => {
    const offered = { name: 'bot', scopes: ['feed'] };
    const answers = await Promise.all([1, 2, 3].map(() => call('POST', '/v1/tokens', offered)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409]);
    const [one] = await listed();
    expect((await call('DELETE', `/v1/tokens/${one!.id}`)).status).toBe(204);
    expect((await call('DELETE', `/v1/tokens/${one!.id}`)).status).toBe(204);
    await created({});
    expect((await listed()).map(({ state }) => state)).toEqual(['active', 'revoked']);
  });

  it('answer 404 to an id that is none', async () => {
    for (const id of ['nothing', '%00', "'; DROP TABLE tokens; --", '..%2f..%2fkeys']) {
      const answer = await call('DELETE', `/v1/tokens/${id.replaceAll(' ', '%20')}`);
      expect(answer.json).toMatchObject({ status: 404, code: 'no_such_token' });
    }
  });

  it('are written down as used now and then', async () => {
    const { token } = await created({ scopes: ['tokens:admin'] });
    await call('GET', '/v1/tokens', undefined, token);
    expect(await listed()).toMatchObject([{ lastUsedAtMs: null }]);
    // One reading in six writes.
    for (let i = 0; i < 6; i += 1) await running().app.get(IssuedTokens).follow();
    expect((await listed())[0]!.lastUsedAtMs).toBeCloseTo(Date.now(), -5);
  });
});

describe('a session of the live feed', () => {
  it('is closed with 4401 at once when its token is revoked; others stay', async () => {
    const [kept, lost] = [await created({ name: 'kept' }), await created({ name: 'lost' })];
    const byHeader = await running().connect({ Authorization: `Bearer ${lost.token}` });
    const byMessage = await running().connect();
    await byMessage.ask({ op: 'auth', id: 'a', token: lost.token }, 'authenticated');
    const other = await running().connect({ Authorization: `Bearer ${kept.token}` });
    const local = await running().connect();
    await call('DELETE', `/v1/tokens/${lost.id}`);
    const closing = { code: 4401, reason: 'the token lost was revoked or has expired' };
    expect([await byHeader.untilClosed(), await byMessage.untilClosed()]).toEqual([closing, closing]);
    await other.ask({ op: 'ping' }, 'pong');
    await local.ask({ op: 'ping' }, 'pong');
    await expect(running().connect({ Authorization: `Bearer ${lost.token}` })).rejects.toThrow('401');
    expect((await call('GET', '/v1/tokens', undefined, lost.token)).status).toBe(401);
  });

  it('is closed when another process revoked its token, or its end has come', async () => {
    const [elsewhere, short] = [await created({ name: 'elsewhere' }), await created({ name: 'short' })];
    const clients = [
      await running().connect({ Authorization: `Bearer ${elsewhere.token}` }),
      await running().connect({ Authorization: `Bearer ${short.token}` }),
    ];
    await opened.database.query(`UPDATE tokens SET revoked_at = now() WHERE id = $1`, [elsewhere.id]);
    await opened.database.query(`UPDATE tokens SET expires_at = now() - interval '1 ms' WHERE id = $1`, [short.id]);
    await running().app.get(IssuedTokens).follow();
    for (const client of clients) expect(await client.untilClosed()).toMatchObject({ code: 4401 });
    expect(await listed()).toMatchObject([{ state: 'expired' }, { state: 'revoked' }]);
  });
});

describe('npm run tokens', () => {
  function tokens(args: readonly string[], isRunning = true): Promise<Ended> {
    const { dataDir, databaseUrl } = database;
    return commandLine(['tokens', ...args], {
      cwd: dataDir,
      env: {
        CROSSBOOK_DATA_DIR: dataDir,
        CROSSBOOK_PORT: isRunning ? String(running().port) : '1',
        ...(databaseUrl === undefined ? {} : { CROSSBOOK_DATABASE_URL: databaseUrl }),
      },
    });
  }

  it('creates, lists and revokes through the running service, and then without it', async () => {
    const made = await tokens(['create', 'bot', '--scopes', 'feed, tokens:admin', '--expires', '30d']);
    expect([made.code, made.stderr]).toEqual([0, expect.stringContaining('shown nowhere again')]);
    const token = made.stdout.trim();
    expect((await call('GET', '/v1/tokens', undefined, token)).json['data']).toMatchObject([{ createdBy: 'admin' }]);
    expect((await tokens(['revoke', 'bot'])).stdout).toContain('(bot)');
    expect((await call('GET', '/v1/tokens', undefined, token)).status).toBe(401);
    expect((await tokens(['revoke', 'bot'])).stderr).toContain('no token "bot"');
    expect((await tokens(['create', 'x', '--scopes', 'everything'])).stderr).toContain('scopes[0] must be "feed"');
    expect((await tokens(['create', 'x', '--scopes', 'feed', '--expires', 'soon'])).code).toBe(2);

    await feed!.app.close();
    feed = null;
    const offline = await tokens(['create', 'later', '--scopes', 'feed', '--json'], false);
    const view = JSON.parse(offline.stdout) as NewToken;
    expect(view).toMatchObject({ name: 'later', createdBy: expect.stringContaining('command line') });
    expect((await tokens(['list'], false)).stdout).toMatch(/later +cbk_.{4}… +active +feed[^]*bot .* revoked/);
    await start();
    const client = await running().connect({ Authorization: `Bearer ${view.token}` });
    await client.ask({ op: 'ping' }, 'pong');
  }, 60_000);
});
