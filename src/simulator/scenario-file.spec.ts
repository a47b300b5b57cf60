import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { okxFeed } from '../../test/support/okx-feed.js';
import { readScenario } from './scenario-file.js';
import { type ScenarioEntry, ScenarioError } from './server/scenario.js';
import { startSimulator } from './simulator.js';

describe('a scenario', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'scenario-'));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });
  const start = (scenario: readonly ScenarioEntry[]): ReturnType<typeof startSimulator> =>
    startSimulator({ port: 0, symbols: ['BTC/USDT', 'ETH/USDT'], tickMs: 20, scenario });
  const problemOf = async (text: string): Promise<string> => {
    const file = join(folder, 'scenario.yaml');
    writeFileSync(file, text);
    try {
      const { entries, locate } = readScenario(file);
      const error: unknown = await start(entries).then(
        (simulator) => simulator.close(),
        (caught: unknown) => caught,
      );
      return error instanceof ScenarioError ? locate(error).message.replace(folder, '') : 'none';
    } catch (error) {
      return String(error).replace(folder, '');
    }
  };

  it('is played at its times, and again where asked', async () => {
    const simulator = await start([
      { atMs: 0, exchange: 'okx', fault: 'drop' },
      { atMs: 50, repeatEveryMs: 100, exchange: 'kraken', fault: 'kill' },
    ]);
    const client = await okxFeed(simulator.url);
    const injected = async (): Promise<readonly { atMs: number; fault: { exchange: string } }[]> => {
      const body = await (await fetch(`${simulator.url}/__sim/faults`)).json();
      return (body as { faults: readonly { atMs: number; fault: { exchange: string } }[] }).faults;
    };
    while ((await injected()).length < 4) await client.until(() => true, 'nothing');
    const [first, ...others] = await injected();
    expect(first).toMatchObject({ fault: { exchange: 'okx', fault: 'drop', count: 1 } });
    const times = others.map(({ atMs }) => atMs);
    for (const [index, atMs] of times.entries()) {
      if (index > 0) expect(atMs - (times[index - 1] ?? 0)).toBeGreaterThanOrEqual(98);
    }
    client.close();
    await simulator.close();
  });

  it('of the documents can be played', async () => {
    const { entries } = readScenario('docs/scenario.example.yaml');
    const simulator = await startSimulator({ port: 0, scenario: entries });
    await simulator.close();
    expect(entries.length).toBeGreaterThan(10);
  });

  it.each([
    [
      '- { atMs: 5, exchange: okx, fault: drop }\n- { atMs: 5, exchange: okx, fault: kill, count: 3 }',
      /yaml, line 2: count: does not/,
    ],
    ['[\n{"atMs": -1, "exchange": "okx", "fault": "drop"}]', /yaml, line 2: atMs: /],
    [
      '- { atMs: 1, exchange: okx, fault: drop, symbol: NO/PE }',
      /line 1: symbol: okx lists no NO\/PE; choose from BTC/,
    ],
    ['- 5', /line 1: Invalid input: expected object/],
    ['a: 1', /give a list of faults/],
    ['- {', /scenario.*line \d/],
  ])('that is wrong is refused with its line: %j', async (text, message) => {
    expect(await problemOf(text)).toMatch(message);
  });

  it('that does not exist is refused', () => {
    expect(() => readScenario(join(folder, 'none.yaml'))).toThrow(/scenario .*none\.yaml: ENOENT/);
  });
});
