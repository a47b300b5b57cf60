import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { loadSettings, SettingsError } from './load-settings.js';

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(path.join(os.tmpdir(), 'crossbook-settings-'));
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

const file = (text: string): void => {
  writeFileSync(path.join(directory, 'crossbook.yaml'), text);
};

function problemsOf(environment: Record<string, string>): readonly string[] {
  try {
    loadSettings(environment, directory);
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
  return [];
}

describe('loadSettings', () => {
  it('takes environment over file over default', () => {
    file('port: 9000\nsymbols: [ETH/USDT]\ndetection:\n  minNetBps: 7\n  maxAgeMs: 500\n');
    const settings = loadSettings({ CROSSBOOK_DETECTION_MIN_NET_BPS: '-2.5', CROSSBOOK_PORT: '0' }, directory);
    expect(settings).toMatchObject({ port: 0, symbols: ['ETH/USDT'], host: '127.0.0.1', logLevel: 'info' });
    expect(settings.detection).toMatchObject({ minNetBps: -2.5, maxAgeMs: 500, graceMs: 300 });
    expect(settings.dataDir).toBe(path.join(directory, '.crossbook'));
  });

  it('reads comma lists and booleans from the environment', () => {
    const settings = loadSettings(
      { CROSSBOOK_EXCHANGES: 'okx, kraken,', CROSSBOOK_KEYS_ACCEPT_WITHDRAWAL: 'true' },
      directory,
    );
    expect(settings.exchanges).toEqual(['okx', 'kraken']);
    expect(settings.keys.acceptWithdrawal).toBe(true);
  });

  it('names every problem at once, each with name, variable, rule and value', () => {
    file('host: 0.0.0.0\nfeed:\n  ringSize: 3\n  rings: 4\ncolour: red\nsymbols: [btcusdt]\n');
    const environment = {
      CROSSBOOK_PORT: 'eighty',
      CROSSBOOK_DETECTION_MAX_AGE_MS: '1.5',
      CROSSBOOK_KEYS_ACCEPT_WITHDRAWAL: 'yes',
      CROSSBOOK_LOG_LEVEL: 'loud',
      CROSSBOOK_PROT: '1',
    };
    const problems = problemsOf(environment);
    const at = path.join(directory, 'crossbook.yaml');
    expect([...problems].sort()).toEqual(
      [
        'CROSSBOOK_PROT: no such setting; unset it, or see .env.example for the names',
        `colour: no such setting (in ${at}); remove it, or see crossbook.example.yaml for the names`,
        `feed.rings: no such setting (in ${at}); remove it, or see crossbook.example.yaml for the names`,
        'detection.maxAgeMs (CROSSBOOK_DETECTION_MAX_AGE_MS): must be a whole number; it was 1.5',
        'feed.ringSize (CROSSBOOK_FEED_RING_SIZE): must be at least 16; it was 3',
        'host (CROSSBOOK_HOST): must be 127.0.0.1, ::1 or localhost while neither TLS nor a proxy is set; give ' +
          'tls.cert and tls.key, or put a TLS proxy in front and name its address in trustedProxies; it was "0.0.0.0"',
        'allowedHosts (CROSSBOOK_ALLOWED_HOSTS): must hold the names or addresses under which clients ask, since ' +
          'host is "0.0.0.0"; under any other name they are refused',
        'keys.acceptWithdrawal (CROSSBOOK_KEYS_ACCEPT_WITHDRAWAL): must be true or false; it was "yes"',
        'logLevel (CROSSBOOK_LOG_LEVEL): must be "debug" or "info" or "warn" or "error" or "silent"; it was "loud"',
        'port (CROSSBOOK_PORT): must be a number; it was "eighty"',
        'symbols.0 (CROSSBOOK_SYMBOLS): must be a unified symbol such as "BTC/USDT"; it was "btcusdt"',
      ].sort(),
    );
  });

  it('offers nothing to a network in clear text, nor under a name that is refused', () => {
    expect(problemsOf({ CROSSBOOK_HOST: '10.0.0.5' })).toEqual([expect.stringContaining('neither TLS nor a proxy')]);
    const all = { CROSSBOOK_HOST: '::', CROSSBOOK_TRUSTED_PROXIES: '10.0.0.0/24,10.0.1.1' };
    expect(problemsOf(all)).toEqual([expect.stringContaining('allowedHosts (CROSSBOOK_ALLOWED_HOSTS): must hold')]);
    expect(problemsOf({ ...all, CROSSBOOK_ALLOWED_HOSTS: 'books.example.com' })).toEqual([]);
    expect(problemsOf({ CROSSBOOK_HOST: '10.0.0.5', CROSSBOOK_TLS_CERT: 'a.pem' })).toEqual([
      'tls.key (CROSSBOOK_TLS_KEY): is missing; give both tls.cert and tls.key, or neither',
    ]);
    const tls = { CROSSBOOK_TLS_CERT: 'a.pem', CROSSBOOK_TLS_KEY: '/etc/b.pem' };
    expect(problemsOf({ ...tls, CROSSBOOK_HOST: '10.0.0.5' })).toEqual([]);
    expect(loadSettings(tls, directory).tls).toEqual({ cert: path.join(directory, 'a.pem'), key: '/etc/b.pem' });
  });

  it.each(['10.0.0.256', 'proxy.example.com', '0.0.0.0/0', '::/0'])('trusts no proxy %j', (proxy) => {
    const problems = problemsOf({ CROSSBOOK_TRUSTED_PROXIES: proxy });
    expect(problems).toEqual([expect.stringContaining('trustedProxies.0 (CROSSBOOK_TRUSTED_PROXIES): must')]);
  });

  it('never repeats a secret, however wrong it is', () => {
    file('masterKeyFile: /etc/key\nmasterKey: 12345678\n');
    const problems = problemsOf({ CROSSBOOK_DATABASE_URL: 'mysql://root:hunter2@db/x' }).join('\n');
    expect(problems).toContain(
      'databaseUrl (CROSSBOOK_DATABASE_URL): must begin with postgresql://; it was [redacted]',
    );
    expect(problems).toContain('masterKey (CROSSBOOK_MASTER_KEY): must be a string; it was [redacted]');
    expect(problems).toContain('masterKey, masterKeyFile: both are set; keep one of them');
    expect(problems).not.toMatch(/hunter2|12345678/);
  });

  it.each([
    ['a quote that never ends', 'port: 1\nmasterKey: "hunter2\n', 'line 3'],
    ['a list in a value', 'databaseUrl: postgresql://me:hunter2@db/x\n  port: 1\n', 'line 1'],
    ['a name twice', 'masterKey: hunter1\nmasterKey: hunter2\n', 'line 2'],
  ])('repeats no line of a file that is no YAML: %s', (_what, text, place) => {
    file(text);
    const [problem, ...others] = problemsOf({});
    expect(problem).toMatch(new RegExp(`crossbook\\.yaml: cannot be read: .* at ${place}, column \\d+$`));
    expect([problem, ...others].join()).not.toMatch(/hunter/);
    expect(others).toEqual([]);
  });

  it('says when the file that is named is not there, or is no list of settings', () => {
    expect(problemsOf({ CROSSBOOK_CONFIG: 'none.yaml' })).toEqual([
      `CROSSBOOK_CONFIG: ${path.join(directory, 'none.yaml')} does not exist; name an existing file or unset it`,
    ]);
    file('- a\n- b\n');
    expect(problemsOf({})[0]).toContain('must hold settings as "name: value" lines');
    file('port: [1\n');
    expect(problemsOf({})[0]).toContain('crossbook.yaml');
  });

  it('refuses an empty list', () => {
    expect(problemsOf({ CROSSBOOK_SYMBOLS: ' , ' })).toEqual([
      'symbols (CROSSBOOK_SYMBOLS): must hold at least 1 item; it was []',
    ]);
  });
});
