import { rm } from 'node:fs/promises';
import type { DetectionInput } from '../../core/input/market-event.js';
import type { CaptureError } from '../../core/replay/capture.error.js';
import { settingsSchema } from '../../platform/config/index.js';
import { CaptureFile } from '../capture-file.js';
import { captureHeader } from '../capture-header.js';
import { type BinanceBooks, BinanceStream, type DepthProof } from './binance-streams.js';
import { type CloseOptions, closesMoments } from './closes.js';
import { snapshotMoments } from './depth-snapshots.js';
import { ASSUMED, MarketScript, type ScriptOptions } from './market-script.js';
import { type Moment, type MomentSource, mergeByTime, sortedByTime } from './merge.js';
import { type TopOptions, topsMoments } from './tops.js';

/** Nothing can be asked for again when a recording is over, so that books keep what they are shown. */
const KEPT_LEVELS = 10_000;
/** Opportunity ids begin with it: the same recording gives the same ids whenever it is imported. */
const EPOCH = 'import';

/** Which form the recordings have, with what that form leaves open. */
export type RecordingKind =
  | { readonly kind: 'binance'; readonly books: BinanceBooks }
  | ({ readonly kind: 'closes' } & CloseOptions)
  | ({ readonly kind: 'tops' } & TopOptions)
  | { readonly kind: 'snapshots'; readonly atMs: number };

/** What to import, and where to. */
export interface ImportOptions {
  readonly files: readonly string[];
  readonly recording: RecordingKind;
  readonly script: ScriptOptions;
  /** Whether files whose times go back are put in order; else they are refused. */
  readonly isSorted: boolean;
  readonly out: string;
  readonly mayReplace: boolean;
  readonly createdAtMs: number;
}

/** What an import made. */
export interface ImportReport {
  readonly entries: number;
  readonly instruments: readonly string[];
  /** Of binance's streams alone. */
  readonly proofs: readonly DepthProof[];
  readonly assumptions: readonly string[];
}

/**
 * Turns recordings of other programs into a capture. What could not be imported whole leaves no file behind.
 *
 * @throws {CaptureError} If a recording is not of its kind, or the capture cannot be written.
 */
export async function importCapture(options: ImportOptions): Promise<ImportReport> {
  const { out, mayReplace, recording, createdAtMs } = options;
  const assumptions = assumptionsOf(options);
  const { detection } = settingsSchema.parse({});
  const source = `import:${recording.kind}`;
  const header = captureHeader({
    ...{ createdAtMs, epoch: EPOCH, keptLevels: KEPT_LEVELS, detection, source, assumptions },
  });
  const failures: CaptureError[] = [];
  const onFailure = (error: CaptureError): void => {
    failures.push(error);
  };
  const capture = CaptureFile.create(header, { file: out, mayReplace, maxBytes: Infinity, onFailure });
  try {
    const imported = await playInto(capture, options);
    await capture.end(imported.endedAtMs);
    const [failure] = failures;
    if (failure) throw failure;
    const { instruments, proofs } = imported;
    return { entries: capture.entries, instruments, proofs, assumptions };
  } catch (error) {
    await capture.abandon();
    await rm(out, { force: true });
    throw error;
  }
}

type Imported = Pick<ImportReport, 'instruments' | 'proofs'> & { readonly endedAtMs: number };

async function playInto(capture: CaptureFile, options: ImportOptions): Promise<Imported> {
  const { files, recording, script: added, isSorted } = options;
  const emit = (input: DetectionInput): void => {
    capture.take(input);
  };
  capture.enter('state');
  capture.enter('log');
  const script = new MarketScript(emit, added);
  const streams: BinanceStream[] = [];
  const sources = files.map((name): MomentSource => {
    if (recording.kind === 'binance') {
      const stream = new BinanceStream(name, script, recording.books);
      streams.push(stream);
      return { name, batches: stream.moments() };
    }
    return { name, batches: rowsOf(name, script, recording) };
  });
  const inOrder = isSorted ? sources.map((source) => ({ name: source.name, batches: sortedByTime(source) })) : sources;
  for await (const moments of mergeByTime(inOrder)) {
    for (const { atMs, play } of moments) {
      script.passTo(atMs);
      play();
    }
    await capture.drained();
    if (!capture.isOpen) break;
  }
  script.finish();
  const { instruments, endedAtMs } = script;
  return { instruments, endedAtMs, proofs: streams.flatMap(({ proofs }) => proofs) };
}

function rowsOf(
  file: string,
  script: MarketScript,
  recording: Exclude<RecordingKind, { kind: 'binance' }>,
): AsyncIterator<readonly Moment[]> {
  switch (recording.kind) {
    case 'closes':
      return closesMoments(file, script, recording);
    case 'tops':
      return topsMoments(file, script, recording);
    case 'snapshots':
      return snapshotMoments(file, script, recording.atMs);
  }
}

function assumptionsOf({ recording, script }: ImportOptions): string[] {
  const pars = script.pars.map((symbol) => {
    const [base = '', quote = ''] = symbol.split('/');
    return `1 ${base} = 1 ${quote}, as a book on the exchange "${ASSUMED}" without fee and without limit`;
  });
  switch (recording.kind) {
    case 'binance':
      return recording.books === 'depth'
        ? ['a depth snapshot is the whole book: what lies beyond it is known once it changes', ...pars]
        : ['a book is its best bid and ask alone', ...pars];
    case 'closes':
      return ['a close is a book whose bid and ask are both the close, of a size that limits nothing', ...pars];
    case 'tops':
      return ['sizes are not told and limit nothing', ...pars];
    case 'snapshots': {
      const at = new Date(recording.atMs).toISOString();
      return [`all books are of ${at}`, 'every network that is named is open both ways', ...pars];
    }
  }
}
