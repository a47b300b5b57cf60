import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { capturedLog } from '../../test/support/captured-log.js';
import { temporaryDirectory } from '../../test/support/databases.js';
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

const dataDir = temporaryDirectory();
const SPILLED = path.join(dataDir, 'spill/things');

function writerOf(table: Table, history: object = {}): { writer: BatchWriter<Row>; lines: string[] } {
  const { log, lines } = capturedLog();
  const settings = { dataDir, history: { ...settingsSchema.parse({}).history, spillMb: 0, ...history } };
  const parts = {
    kind: 'things',
    keyOf: ({ id }: Row) => String(id),
    merge: (_: Row, second: Row) => second,
    save: (batch: readonly Row[]) => table.save(batch),
    describe: ({ id }: Row) => `thing ${id}`,
  };
  return { writer: new BatchWriter(parts, new SystemClock(), settings, log), lines };
}

describe('BatchWriter', () => {
  beforeEach(() => {
    rmSync(SPILLED, { recursive: true, force: true });
  });

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

  it('puts on disk what outgrows memory, and loses nothing', async () => {
    const table = new Table();
    const { writer, lines } = writerOf(table, { queueRows: 1_000, spillMb: 10 });
    table.isAway = true;
    for (let id = 0; id < 5_000; id += 1) {
      writer.push({ id, revision: 1 }, true);
      if (id % 400 === 399) await writer.flushWithin(1_000);
    }
    await writer.flushWithin(1_000);
    writer.push({ id: 0, revision: 2 }, true);
    expect(writer.metrics).toMatchObject({ waiting: 5_001, stored: 0, lost: 0, isBehind: true });
    expect(writer.metrics.spilled).toBeGreaterThan(4_000);
    expect(lines.filter((line) => line.includes('waits on disk'))).toHaveLength(1);
    table.isAway = false;
    await writer.flush();
    expect(writer.metrics).toMatchObject({ waiting: 0, spilled: 0, lost: 0, isBehind: false, lagMs: 0 });
    expect(table.rows.size).toBe(5_000);
    expect(table.rows.get(0)).toBe(2);
    expect(readdirSync(SPILLED)).toEqual([]);
  });

  it('puts a queue on disk whose half is more than a call takes arguments', async () => {
    const table = new Table();
    table.isAway = true;
    const { writer, lines } = writerOf(table, { queueRows: 400_000, spillMb: 100 });
    for (let id = 0; id < 200_000; id += 1) writer.push({ id, revision: 1 }, true);
    await writer.flushWithin(5_000);
    expect(lines.filter((line) => line.includes('could not be put on disk'))).toEqual([]);
    expect(writer.metrics).toMatchObject({ waiting: 200_000, spilled: 200_000, lost: 0 });
  });

  it('leaves on disk at its end what is not stored, and stores it at the next start', async () => {
    const table = new Table();
    table.isAway = true;
    const { writer } = writerOf(table, { spillMb: 10 });
    writer.push({ id: 1, revision: 1 }, true);
    writer.push({ id: 2, revision: 1 }, false);
    expect(await writer.leave()).toBe(true);
    const next = writerOf(table, { spillMb: 10 });
    expect(next.writer.metrics).toMatchObject({ waiting: 2, spilled: 2 });
    await expect(next.writer.recover()).rejects.toThrow('away');
    table.isAway = false;
    await next.writer.recover();
    expect(table.rows.size).toBe(2);
    expect(next.lines.filter((line) => line.includes('left on disk') && line.includes('"rows":2'))).toHaveLength(3);
    expect(await writerOf(table).writer.leave()).toBe(true);
  });

  it('keeps in memory what the disk does not take, and says so', async () => {
    const table = new Table();
    table.isAway = true;
    const { writer, lines } = writerOf(table, { queueRows: 1_000, spillMb: 10 });
    mkdirSync(path.dirname(SPILLED), { recursive: true });
    writeFileSync(SPILLED, 'in the way');
    for (let id = 0; id < 900; id += 1) writer.push({ id, revision: 1 }, true);
    expect(await writer.flushWithin(1_000)).toBe(false);
    expect(await writer.leave()).toBe(false);
    expect(lines.filter((line) => line.includes('could not be put on disk'))).toHaveLength(2);
    rmSync(SPILLED);
  });

  it('goes on after rows on disk that are spoilt, and counts them as lost', async () => {
    const table = new Table();
    table.isAway = true;
    const { writer, lines } = writerOf(table, { queueRows: 1_000, spillMb: 10 });
    for (let id = 0; id < 500; id += 1) writer.push({ id, revision: 1 }, true);
    await writer.flushWithin(1_000);
    writer.push({ id: 900, revision: 1 }, true);
    writeFileSync(path.join(SPILLED, readdirSync(SPILLED)[0] ?? ''), '{"cut');
    table.isAway = false;
    await writer.flush();
    expect([...table.rows.keys()]).toEqual([900]);
    expect(writer.metrics).toMatchObject({ waiting: 0, lost: 500 });
    expect(lines.filter((line) => line.includes('spoilt'))).toHaveLength(1);
  });

  it('ends with the newest of each, however often it was put on disk and the service ended', async () => {
    const step = fc.oneof(
      ...['away', 'back', 'flush', 'end'].map((what) => fc.constant(what)),
      fc.record({ id: fc.integer({ min: 0, max: 5 }), isEssential: fc.boolean() }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        rmSync(SPILLED, { recursive: true, force: true });
        const table = new Table();
        // Three of the six subjects suffice to be put on disk.
        const history = { batchRows: 2, queueRows: 6, spillMb: 10 };
        let { writer } = writerOf(table, history);
        const newest = new Map<number, number>();
        for (const [revision, what] of steps.entries()) {
          if (typeof what !== 'string') {
            newest.set(what.id, revision);
            writer.push({ id: what.id, revision }, what.isEssential);
          } else if (what === 'flush') await writer.flushWithin(1_000);
          else if (what === 'end') {
            expect(await writer.leave()).toBe(true);
            ({ writer } = writerOf(table, history));
          } else table.isAway = what === 'away';
        }
        expect(writer.metrics.lost).toBe(0);
        table.isAway = false;
        await writer.flush();
        expect(new Map([...table.rows].sort())).toEqual(new Map([...newest].sort()));
      }),
      { numRuns: 60 },
    );
  });

  afterAll(() => {
    rmSync(dataDir, { recursive: true, force: true });
  });
});
