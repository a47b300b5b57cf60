import { afterEach, describe, expect, it } from '@jest/globals';
import { Stack, TemporaryDirectory, freePort } from '../support/stack.js';
import { waitFor } from '../support/wait-for.js';
import type { ChildProgram } from '../../src/cli/demo/child-program.js';

async function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    () => true,
    () => false,
  );
}

describe('the demo', () => {
  const directory = new TemporaryDirectory();
  const stack = new Stack(directory.path);
  let lines: string[] = [];

  afterEach(async () => {
    await stack.stop();
  });

  /** Starts it and waits for the service's own start to be told; resolves with where both programs listen. */
  async function start(...args: string[]): Promise<{ demo: ChildProgram; urls: string[] }> {
    const port = await freePort();
    const before = stack.logs.length;
    const demo = stack.start('cli/main.js', ['demo', '--port', String(port), ...args], {});
    lines = [];
    await waitFor(
      'the demo shows where to look',
      () => {
        lines = stack.logs.slice(before).join('').split('\n');
        return lines.some((line) => line.startsWith('stop:')) || demo.hasEnded;
      },
      60_000,
    );
    const simulator = /on (http:\S+) …/.exec(lines.join('\n'))?.[1] ?? '';
    return { demo, urls: [`${simulator}/__sim`, `http://127.0.0.1:${port}/health/live`] };
  }

  const allGone = async (urls: string[]): Promise<boolean> =>
    (await Promise.all(urls.map(answers))).every((isThere) => !isThere);

  it('ends by itself after its duration, with one summary line and nothing left running', async () => {
    const { demo, urls } = await start('--duration', '5');
    expect(await demo.ended()).toBe(0);
    const last = demo.lastLog.trim().split('\n').at(-1);
    expect(last).toMatch(/^demo: 5 s, 4 exchanges, \d+ updates, \d+ opened, \d+ closed, \d+ refused$/);
    expect(Number(/(\d+) updates/.exec(last ?? '')?.[1])).toBeGreaterThan(100);
    expect(await allGone(urls)).toBe(true);
  }, 90_000);

  it('stops all of it when it is asked to, well before it would be cut off', async () => {
    const { demo, urls } = await start();
    const askedAtMs = Date.now();
    process.kill(demo.pid ?? 0, 'SIGINT');
    expect(await demo.ended()).toBe(0);
    // Two seconds are promised on a quiet machine; tests run beside others.
    expect(Date.now() - askedAtMs).toBeLessThan(5_000);
    expect(await allGone(urls)).toBe(true);
  }, 90_000);

  it('leaves nothing running when it is killed', async () => {
    const { demo, urls } = await start();
    expect(await Promise.all(urls.map(answers))).toEqual([true, true]);
    process.kill(demo.pid ?? 0, 'SIGKILL');
    await demo.ended();
    await waitFor('both programs end', () => allGone(urls), 10_000);
  }, 90_000);

  it('explains itself, and refuses what it does not understand', async () => {
    const help = stack.start('cli/main.js', ['demo', '--help'], {});
    expect(await help.ended()).toBe(0);
    for (const option of ['--port', '--seed', '--duration', '--data-dir']) expect(help.lastLog).toContain(option);
    const wrong = stack.start('cli/main.js', ['demo', '--duration', 'long'], {});
    expect(await wrong.ended()).toBe(2);
    expect(wrong.lastLog).toContain('"long"');
  }, 30_000);
});
