import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LOAD } from '../chaos/load.js';
import { buildCommandLine, commandLine, type Ended } from '../support/command-line.js';
import { SecretHunt } from '../support/secret-hunt.js';
import { Stack, TemporaryDirectory } from '../support/stack.js';
import { waitFor } from '../support/wait-for.js';
import { TargetServer } from './target-servers.js';

const KEY = 'PLANTED-webhook-key-0123456789abcdef';
const KILLS = 3;

interface Listed {
  readonly id: string;
  readonly state: string;
}

describe('a service that is killed while it tells people', () => {
  const directory = new TemporaryDirectory();
  const stack = new Stack(directory.path);
  let server: TargetServer;
  let gateway: string;
  let settings: Record<string, string>;

  beforeAll(async () => {
    buildCommandLine();
    server = await new TargetServer().open();
    gateway = await stack.simulator(11);
    settings = {
      ...LOAD,
      CROSSBOOK_EXCHANGE_GATEWAY: gateway,
      CROSSBOOK_ALERTS_TIMEOUT_MS: '2000',
      CROSSBOOK_ALERTS_TARGETS: JSON.stringify([
        { name: 'bot', type: 'webhook', url: `${server.url}/hook`, perMinute: 600 },
      ]),
      CROSSBOOK_ALERTS_RULES: JSON.stringify([
        { name: 'all', on: 'opportunity', oncePerMs: 0, minNetBps: -20, targets: ['bot'] },
      ]),
    };
  }, 180_000);

  afterAll(async () => {
    await stack.stop();
    await server.close();
    directory.remove();
  }, 30_000);

  it('sends what was cut off again with the same id, loses nothing that it stored, and leaks no secret', async () => {
    const dataDir = path.join(directory.path, 'data');
    const alerts = (url: string, args: string[], input = ''): Promise<Ended> => {
      const token = readFileSync(path.join(dataDir, 'admin.token'), 'utf8').trim();
      const env = { CROSSBOOK_DATA_DIR: dataDir, CROSSBOOK_URL: url, CROSSBOOK_TOKEN: token };
      return commandLine(['alerts', ...args], { cwd: directory.path, env, input });
    };
    const listed = async (url: string): Promise<Listed[]> => {
      const { stdout } = await alerts(url, ['list', '--limit', '1000', '--json']);
      return (JSON.parse(stdout) as { data: Listed[] }).data;
    };
    const said: string[] = [];
    const stored = new Set<string>();
    const cutOff: string[] = [];
    for (let run = 0; run <= KILLS; run += 1) {
      const { program, url } = await stack.service(settings);
      if (run === 0) {
        const refused = await alerts(url, ['secret', 'set', 'bot', KEY]);
        expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('history of the shell')]);
        const set = await alerts(url, ['secret', 'set', 'bot', '--stdin'], `${KEY}\n`);
        expect([set.stderr, set.code]).toEqual(['', 0]);
        const test = await alerts(url, ['test']);
        expect([test.code, test.stdout]).toEqual([0, expect.stringMatching(/^bot: delivered in \d+ ms\n$/)]);
        said.push(...[refused, set, test].flatMap(({ stdout, stderr }) => [stdout, stderr]));
      }
      if (run === KILLS) {
        for (const id of cutOff) {
          await waitFor(`${id} comes again`, () => server.got.filter(({ json }) => json['id'] === id).length > 1);
        }
        await waitFor(
          'all that was stored arrived',
          async () => {
            const states = new Map((await listed(url)).map(({ id, state }) => [id, state]));
            return [...stored].every((id) => ['delivered', 'summed'].includes(states.get(id) ?? 'lost'));
          },
          60_000,
        );
        const delivered = (await listed(url)).filter(({ state }) => state === 'delivered');
        // Looked at after the list: it goes on telling meanwhile.
        const came = new Set(server.got.map(({ json }) => json['id']));
        expect(delivered.filter(({ id }) => !came.has(id))).toEqual([]);
        const dead = await alerts(url, ['dead']);
        expect([dead.code, dead.stdout]).toEqual([0, 'there are none\n']);
        const targets = await alerts(url, ['targets']);
        expect(targets.stdout).toMatch(/^bot {2}webhook {2}secret set {2}\d+ waiting, \d+ delivered, 0 dead/);
        said.push(dead.stdout, targets.stdout);
        break;
      }
      const before = server.got.length;
      await waitFor('some arrive', () => server.got.length >= before + 3, 60_000);
      server.trouble('/hook', 'hang');
      const hung = server.got.length;
      await waitFor('one is under way', () => server.got.length > hung, 60_000);
      const last = server.got.at(-1);
      process.kill(program.pid ?? 0, 'SIGKILL');
      await program.ended();
      cutOff.push(String(last?.json['id']));
      for (const { json } of server.got) if (json['kind'] === 'opportunity') stored.add(String(json['id']));
    }
    expect(cutOff).toHaveLength(KILLS);
    const hunt = new SecretHunt();
    hunt.seek('the key', KEY);
    expect(hunt.foundIn([...stack.logs, ...said].join('\n'))).toEqual([]);
    expect(hunt.foundBelow(dataDir)).toEqual([]);
  }, 240_000);
});
