import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { env } from 'node:process';
import { SIMULATED_EXCHANGES } from '../../src/simulator/index.js';
import { FaultLane, type Outcome } from './fault-lane.js';
import { TRIALS } from './fault-plan.js';

const TEN_MINUTES_MS = 600_000;
/** For work on one: `FAULTS_EXCHANGES=okx,kraken FAULTS_TRIALS=drop npm run test:faults`. */
const only = (name: string): readonly string[] | undefined => env[name]?.split(',');
const EXCHANGES = SIMULATED_EXCHANGES.filter((exchange) => only('FAULTS_EXCHANGES')?.includes(exchange) ?? true);
const CHOSEN = TRIALS.filter(({ name }) => only('FAULTS_TRIALS')?.includes(name) ?? true);

const CELLS = CHOSEN.flatMap((trial) =>
  EXCHANGES.filter((exchange) => trial.except?.[exchange] === undefined).map((exchange) => ({
    ...{ trial: trial.name, exchange, mustShow: trial.mustShow },
  })),
);

/** Milliseconds until the exchange was sound again, by fault and exchange; `-` where the fault left no trace. */
function table(outcomes: ReadonlyMap<string, Outcome>): string {
  const cell = (trial: string, exchange: string): string => {
    const outcome = outcomes.get(`${trial} ${exchange}`);
    if (!outcome) return '';
    if (outcome.problems.length > 0) return 'FAILED';
    return outcome.healedMs === null ? '-' : String(Math.round(outcome.healedMs));
  };
  const widest = Math.max(...CHOSEN.map(({ name }) => name.length));
  const head = [''.padEnd(widest), ...EXCHANGES].join('  ');
  const rows = CHOSEN.map(({ name }) =>
    [name.padEnd(widest), ...EXCHANGES.map((exchange) => cell(name, exchange).padStart(exchange.length))].join('  '),
  );
  return ['time to heal, ms, counted from the end of the fault', head, ...rows].join('\n');
}

describe('every exchange under every fault', () => {
  const outcomes = new Map<string, Outcome>();

  beforeAll(async () => {
    const lanes = EXCHANGES.map(async (exchange, index) => {
      const trials = CHOSEN.filter(({ except }) => except?.[exchange] === undefined);
      await new FaultLane(exchange, 11 + index).run(trials, (outcome) => {
        outcomes.set(`${outcome.trial} ${exchange}`, outcome);
        process.stderr.write(`${outcomes.size} of ${CELLS.length}: ${exchange} ${outcome.trial}\n`);
      });
    });
    await Promise.all(lanes);
  }, TEN_MINUTES_MS);

  afterAll(() => {
    process.stdout.write(`\n${table(outcomes)}\n`);
  });

  it.each(CELLS)('$exchange, $trial: its books are true or gone', ({ exchange, trial, mustShow }) => {
    const outcome = outcomes.get(`${trial} ${exchange}`);
    expect(outcome?.problems).toEqual([]);
    expect(outcome?.updates).toBeGreaterThan(0);
    if (mustShow) expect(outcome?.noticedMs).not.toBeNull();
  });

  it('saw opportunities open meanwhile', () => {
    expect([...outcomes.values()].reduce((sum, { opened }) => sum + opened, 0)).toBeGreaterThan(0);
  });
});
