import { spawn, type ChildProcess } from 'node:child_process';
import { createServer, type AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';

interface Run {
  readonly child: ChildProcess;
  output: string;
  readonly ended: Promise<number | null>;
}

describe('the simulator as a process', () => {
  const runs: Run[] = [];
  afterEach(async () => {
    for (const { child, ended } of runs.splice(0)) {
      child.kill('SIGKILL');
      await ended;
    }
  });

  const start = (...args: string[]): Run => {
    const child = spawn(process.execPath, ['dist/simulator/main.js', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    const run: Run = { child, output: '', ended };
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => (run.output += chunk.toString()));
    }
    runs.push(run);
    return run;
  };
  const said = async (run: Run, pattern: RegExp): Promise<RegExpExecArray> => {
    for (const deadline = Date.now() + 10_000; Date.now() < deadline;) {
      const match = pattern.exec(run.output);
      if (match) return match;
      await new Promise((resolve) => run.child.stdout?.once('data', resolve));
    }
    throw new Error(`never said ${String(pattern)}: ${run.output}`);
  };

  it.each(['SIGINT', 'SIGTERM'] as const)('says where it listens, and stops at once on %s', async (signal) => {
    const run = start('--port', '0', '--seed', '5');
    const [, url = ''] = await said(run, /on (http:\/\/127\.0\.0\.1:\d+)\/HOST\/PATH, seed 5/);
    expect((await fetch(`${url}/__sim/stats`)).status).toBe(200);
    const started = Date.now();
    run.child.kill(signal);
    expect(await run.ended).toBe(0);
    expect(Date.now() - started).toBeLessThan(2_000);
    expect(run.output).toContain('simulator: stopped');
  });

  it('names the port that is taken and exits with 1', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as AddressInfo;
    const run = start('--port', String(port));
    expect(await run.ended).toBe(1);
    expect(run.output).toBe(
      `simulator: port ${port} on 127.0.0.1 is taken: stop what listens there or choose another with --port\n`,
    );
    taken.close();
  });

  it('refuses a bad option with the range it takes', async () => {
    const run = start('--port', '70000');
    expect(await run.ended).toBe(1);
    expect(run.output).toContain('Give a whole number from 0 to 65535');
    const symbols = start('--port', '0', '--symbols', 'BTC/USDT,NO/PE');
    expect(await symbols.ended).toBe(1);
    expect(symbols.output).toContain('no simulated exchange lists NO/PE');
  });
});
