import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { LogContext, withLogFields } from './log-context.js';
import { Log } from './logger.js';

function setUp() {
  const lines: string[] = [];
  const log = new Log(pino({ level: 'debug' }, { write: (line) => lines.push(line) }));
  const logged = (): unknown[] =>
    lines.map((line) => {
      const entries = Object.entries(JSON.parse(line) as object);
      return Object.fromEntries(entries.filter(([name]) => !['level', 'time', 'pid', 'hostname'].includes(name)));
    });
  return { log, logged };
}

describe('lines of the log', () => {
  it('carry the fields of the work that they are made during, across whatever it awaits', async () => {
    const { log, logged } = setUp();
    const work = (requestId: string): Promise<void> =>
      withLogFields({ requestId }, async () => {
        await turn();
        await withLogFields({ keyId: `key of ${requestId}` }, async () => {
          await turn();
          log.info('inner', { exchange: 'okx' });
        });
        log.warn('outer');
      });
    await Promise.all([work('a'), work('b')]);
    log.info('outside');
    expect(logged()).toHaveLength(5);
    expect(logged()).toEqual(
      expect.arrayContaining([
        { requestId: 'a', keyId: 'key of a', exchange: 'okx', msg: 'inner' },
        { requestId: 'b', keyId: 'key of b', exchange: 'okx', msg: 'inner' },
        { requestId: 'a', msg: 'outer' },
        { requestId: 'b', msg: 'outer' },
        { msg: 'outside' },
      ]),
    );
  });

  it('say what they name themselves rather than what is around them', async () => {
    const { log, logged } = setUp();
    await withLogFields({ keyId: 'old' }, () => {
      log.info('a key took over', { keyId: 'new' });
      return Promise.resolve();
    });
    expect(logged()).toEqual([{ keyId: 'new', msg: 'a key took over' }]);
  });

  it('carry nothing of work that is over, though it started what they come from', async () => {
    const { log, logged } = setUp();
    const context = new LogContext({ requestId: 'a' });
    let go: () => void = () => undefined;
    const later = context.run(async () => {
      await new Promise<void>((resolve) => (go = resolve));
      log.info('a socket of its closed');
    });
    context.end();
    go();
    await later;
    await expect(withLogFields({ keyId: 'b' }, () => Promise.reject(new Error('failed')))).rejects.toThrow('failed');
    expect(logged()).toEqual([{ msg: 'a socket of its closed' }]);
  });
});
