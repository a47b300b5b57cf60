import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll } from '@jest/globals';
import { type ImportOptions, type ImportReport, importCapture } from '../../src/capture/import/import-capture.js';
import { readLines } from '../../src/capture/read-lines.js';
import type { DetectionInput } from '../../src/core/input/market-event.js';
import type { Opportunity, OpportunityEvent } from '../../src/core/opportunity/opportunity.js';
import type { RefusalMinute } from '../../src/core/gates/refusal-reason.js';
import { CaptureReader } from '../../src/core/replay/capture-reader.js';
import { Replay } from '../../src/core/replay/replay.js';
import { detectorSettings } from '../../src/detection/detector-settings.js';
import { whatIf } from '../../src/platform/config/what-if.js';

/** Settings that let everything pass that pays at all: what a recording shows, and not what a gate makes of it. */
export const BARE = [
  'detection.minNetBps=0',
  'detection.hysteresisBps=0',
  'detection.graceMs=0',
  'detection.minNotionalUsd=0',
  'detection.maxNetBps=1000000',
  'detection.maxAgeMs=600000',
  'detection.maxQuietMs=86400000',
  'detection.maxSkewMs=600000',
];

/** What a replay decided. */
export interface Decided {
  readonly events: readonly OpportunityEvent[];
  readonly refusals: readonly RefusalMinute[];
}

/** A folder of its own, gone after the tests of the file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'crossbook-recorded-'));
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

/** Imports recordings with one fee for every exchange. */
export function importRecording(
  options: Pick<ImportOptions, 'files' | 'recording' | 'out'> & {
    feeBps: number | ((exchange: string) => number);
    tickMs?: number | null;
    pars?: readonly string[];
    isSorted?: boolean;
  },
): Promise<ImportReport> {
  const { files, recording, out, feeBps, tickMs = null, pars = [], isSorted = false } = options;
  const feeOf = typeof feeBps === 'number' ? (): number => feeBps : feeBps;
  const script = { feeBps: ({ exchange }: { exchange: string }) => feeOf(exchange), tickMs, pars };
  return importCapture({ files, recording, script, isSorted, out, mayReplace: true, createdAtMs: 0 });
}

/**
 * Replays a capture.
 *
 * @param look - Called after each entry.
 */
export async function replayFile(
  file: string,
  set: readonly string[],
  look: (input: DetectionInput, replay: Replay) => void = () => undefined,
): Promise<Decided> {
  const events: OpportunityEvent[] = [];
  const refusals: RefusalMinute[] = [];
  const reader = new CaptureReader();
  const sink = {
    opportunity: (event: OpportunityEvent) => void events.push(event),
    refusals: (minutes: readonly RefusalMinute[]) => void refusals.push(...minutes),
    spreads: () => undefined,
  };
  let replay: Replay | null = null;
  for await (const lines of readLines(file, { mayBeCut: false })) {
    for (const line of lines) {
      const item = reader.take(line);
      if (item.kind === 'header') {
        const { detection, epoch, keptLevels } = item.header;
        replay = new Replay(detectorSettings(whatIf(detection, set), epoch), keptLevels, sink);
      } else if (item.kind === 'input' && replay) {
        replay.take(item.input);
        look(item.input, replay);
      } else if (item.kind === 'end') replay?.end(item.end.endedAtMs);
    }
  }
  return { events, refusals };
}

/** Reads the entries of a capture. */
export async function inputsOf(file: string): Promise<DetectionInput[]> {
  const reader = new CaptureReader();
  const inputs: DetectionInput[] = [];
  for await (const lines of readLines(file, { mayBeCut: false })) {
    for (const line of lines) {
      const item = reader.take(line);
      if (item.kind === 'input') inputs.push(item.input);
    }
  }
  return inputs;
}

/** Opportunities of a route that were closed: their time above the threshold and their peak, in their order. */
export function spells({ events }: Decided, routeId: string): Opportunity[] {
  return events.flatMap(({ event, opportunity }) =>
    event === 'closed' && opportunity.routeId === routeId ? [opportunity] : [],
  );
}

/** Number, sum and greatest of the times above the threshold, milliseconds. */
export function times(spells: readonly Opportunity[]): { count: number; totalMs: number; longestMs: number } {
  const each = spells.map(({ aboveMs }) => aboveMs);
  return { count: each.length, totalMs: each.reduce((sum, ms) => sum + ms, 0), longestMs: Math.max(0, ...each) };
}
