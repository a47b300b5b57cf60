import type { CaptureEnd, CaptureHeader } from '../core/replay/capture-format.js';
import { CaptureReader } from '../core/replay/capture-reader.js';
import { CaptureError } from '../core/replay/capture.error.js';
import { Replay } from '../core/replay/replay.js';
import { detectorSettings } from '../detection/index.js';
import { type Settings, whatIf } from '../platform/config/index.js';
import { readLines } from './read-lines.js';
import type { ReplayCounts, ReplayOutput } from './replay-output.js';

/** What to replay, and what if. */
export interface ReplayOptions {
  readonly file: string;
  /** Texts `detection.NAME=VALUE` that win over the settings of the capture. */
  readonly set: readonly string[];
  readonly output: ReplayOutput;
  /** Told now and then how much of the capture was read, 0 to 1. */
  readonly onProgress?: (share: number) => void;
}

/** What a replay was of, and what it decided. */
export interface ReplayReport extends ReplayCounts {
  readonly header: CaptureHeader;
  readonly detection: Settings['detection'];
  /** False where the capture has no end: its writer was killed, and what it had not sent to the file is missing. */
  readonly isWhole: boolean;
  readonly entries: number;
  readonly updates: number;
  /** Of the lines of the output. */
  readonly sha256: string;
}

/**
 * Runs detection on a capture as fast as it can be read: no socket, no clock, and at any time one part of the file in
 * memory.
 *
 * @throws {CaptureError} If the file is no capture.
 * @throws {SettingsError} If an assignment is not valid.
 */
export async function replayCapture({ file, set, output, onProgress }: ReplayOptions): Promise<ReplayReport> {
  const reader = new CaptureReader();
  let begun: Begun | null = null;
  let end: CaptureEnd | null = null;
  const options = onProgress ? { mayBeCut: true, onProgress } : { mayBeCut: true };
  for await (const lines of readLines(file, options)) {
    for (const line of lines) {
      const item = reader.take(line);
      if (item.kind === 'input') begun?.replay.take(item.input);
      else if (item.kind === 'header') begun = begin(item.header, set, output);
      else if (item.kind === 'end') end = item.end;
    }
    await output.flush();
  }
  if (!begun) throw new CaptureError(`${file} is empty: it is no capture, or its writer was killed at once`);
  const { replay, header, detection } = begun;
  replay.end(end?.endedAtMs ?? null);
  await output.flush();
  const { entries, updates } = replay;
  const isWhole = reader.isWhole;
  return { header, detection, isWhole, entries, updates, ...output.counts, sha256: output.digest() };
}

interface Begun {
  readonly header: CaptureHeader;
  readonly detection: Settings['detection'];
  readonly replay: Replay;
}

function begin(header: CaptureHeader, set: readonly string[], output: ReplayOutput): Begun {
  const detection = whatIf(header.detection, set);
  return {
    header,
    detection,
    replay: new Replay(detectorSettings(detection, header.epoch), header.keptLevels, output),
  };
}
