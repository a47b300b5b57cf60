import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { capturedLog } from '../../test/support/captured-log.js';
import { SystemClock } from '../platform/clock/index.js';
import { settingsSchema } from '../platform/config/index.js';
import { DatabaseError } from '../platform/prisma/index.js';
import { BatchWriter } from './batch-writer.js';

interface Row {
  readonly id: number;
  readonly revision: number;
}

/** A table that can be away, and refuses rows below zero. */
class Table {
  readonly rows = new Map<number, number>();
  isAway = false;

  save(batch: readonly Row[]): Promise<void> {
    if (this.isAway) return Promise.reject(new DatabaseError('57P01', 'the server is away', true));
    if (batch.some(({ revision }) => revision < 0)) {
      return Promise.reject(new DatabaseError('23514', 'a row is bad', false));
    }
    for (const { id, revision } of batch) this.rows.set(id, revision);
    return Promise.resolve();
  }
}

function writerOf(table: Table, history: object = {}): { writer: BatchWriter<Row>; lines: string[] } {
  const { log, lines } = capturedLog();
  const parts = {
    kind: 'things',
    keyOf: ({ id }: Row) => String(id),
    merge: (_: Row, second: Row) => second,
    save: (batch: readonly Row[]) => table.save(batch),
    describe: ({ id }: Row) => `thing ${id}`,
  };
  return { writer: new BatchWriter(parts, new SystemClock(), settingsSchema.parse({ history }), log), lines };
}

describe('BatchWriter', () => {
  it('keeps what a database that is away does not take, says so once, and stores it when it is back', async () => {
    const table = new Table();
    const { writer, lines } = writerOf(table);
    table.isAway = true;
    writer.push({ id: 1, revision: 1 }, true);
    await expect(writer.flush()).rejects.toThrow('away');
    writer.push({ id: 1, revision: 2 }, false);
    writer.push({ id: 2, revision: 1 }, true);
    expect(await writer.flushWithin(50)).toBe(false);
    expect(writer.metrics).toMatchObject({ waiting: 2, stored: 0, lost: 0, isBehind: true });
    table.isAway = false;
    await writer.flush();
    expect([...table.rows]).toEqual([
      [1, 2],
      [2, 1],
    ]);
    expect(writer.metrics).toMatchObject({ waiting: 0, stored: 2, lost: 0, isBehind: false, lagMs: 0 });
    expect(lines.filter((line) => line.includes('not stored at the moment'))).toHaveLength(1);
    expect(lines.filter((line) => line.includes('stored again') && line.includes('"kind":"things"'))).toHaveLength(1);
  });

  it('leaves out the one row that the database refuses, and names it', async () => {
    const table = new Table();
    const { writer, lines } = writerOf(table);
    for (let id = 0; id < 9; id += 1) writer.push({ id, revision: id === 4 ? -1 : 1 }, true);
    await writer.flush();
    expect(table.rows.size).toBe(8);
    expect(writer.metrics).toMatchObject({ waiting: 0, stored: 8, lost: 1 });
    expect(lines.join('')).toContain('thing 4');
  });

  it('says once that it had to turn rows away, and how many wait', () => {
    const { writer, lines } = writerOf(new Table(), { queueRows: 1_000 });
    for (let id = 0; id < 1_005; id += 1) writer.push({ id, revision: 1 }, true);
    expect(writer.metrics).toMatchObject({ waiting: 1_000, lost: 5 });
    expect(lines.filter((line) => line.includes('queue is full'))).toHaveLength(1);
  });

  it('ends with the newest of each, whenever the database was away', async () => {
    const step = fc.oneof(
      fc.constant('away'),
      fc.constant('back'),
      fc.constant('flush'),
      fc.integer({ min: 0, max: 4 }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const table = new Table();
        const { writer } = writerOf(table, { batchRows: 2 });
        const newest = new Map<number, number>();
        for (const [revision, what] of steps.entries()) {
          if (typeof what === 'number') {
            newest.set(what, revision);
            writer.push({ id: what, revision }, true);
          } else if (what === 'flush') await writer.flushWithin(1_000);
          else table.isAway = what === 'away';
        }
        table.isAway = false;
        await writer.flush();
        expect(new Map([...table.rows].sort())).toEqual(new Map([...newest].sort()));
      }),
    );
  });
});
