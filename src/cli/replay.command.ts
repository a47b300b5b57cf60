import { createWriteStream } from 'node:fs';
import process from 'node:process';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { Command } from 'commander';
import { ReplayOutput, type ReplayReport, replayCapture } from '../capture/index.js';
import { commandText } from '../platform/config/index.js';
import { CliError } from './cli.errors.js';
import { ProgressLine } from './progress-line.js';
import { type ReplaySpeed, replayText } from './replay-text.js';

interface Flags {
  readonly set: readonly string[];
  readonly out?: string;
  readonly json?: boolean;
  readonly speed?: boolean;
}

const NOTES = `
The same detection as in the service, on the entries of a capture instead of the markets: the same file and the same
settings give the same output, byte for byte, on every machine. The summary shows its sha256.

What if? --set changes settings of detection, and nothing else:

  ${commandText('replay morning.cap.gz')}
  ${commandText('replay morning.cap.gz --set detection.minNetBps=8 --set detection.graceMs=0 --out events.ndjson')}

The output has a line of JSON for each event of an opportunity ("type":"opportunity"), minute of refusals ("refusals") and
second of a route's spread ("spread"). docs/capture.md describes the file.`;

/** The command `replay`: detection on a capture. */
export function replayCommand(): Command {
  return new Command('replay')
    .description('run detection on a capture, with its settings or with others')
    .argument('<file>', 'the capture')
    .option(
      '--set <name=value>',
      'a setting of detection that wins over that of the capture; may be repeated',
      also,
      [],
    )
    .option('--out <file>', 'write what was decided as lines of JSON; "-" is standard output')
    .option('--json', 'print the summary as JSON')
    .option('--speed', 'also tell how fast it went')
    .addHelpText('after', NOTES)
    .action(replay);
}

/** Lets an option be given more than once without taking the words after it. */
function also(value: string, before: readonly string[]): string[] {
  return [...before, value];
}

async function replay(file: string, { set, out, json, speed }: Flags): Promise<void> {
  const progress = new ProgressLine(process.stderr);
  const destination = out === undefined ? null : await openOutput(out);
  const startedAt = { ms: performance.now(), cpu: process.cpuUsage() };
  try {
    const report = await replayCapture({
      ...{ file, set, output: new ReplayOutput(destination) },
      onProgress: (share) => {
        progress.show(() => `replaying ${Math.floor(share * 100)} %`);
      },
    });
    const used = process.cpuUsage(startedAt.cpu);
    const took = { elapsedMs: performance.now() - startedAt.ms, cpuMs: (used.user + used.system) / 1_000 };
    progress.clear();
    tell(report, { isJson: json === true, took: speed === true ? took : null, isOutTaken: out === '-' });
  } finally {
    progress.clear();
    await closeOutput(destination);
  }
}

async function openOutput(out: string): Promise<Writable> {
  if (out === '-') return process.stdout;
  const stream = createWriteStream(out);
  try {
    await new Promise((resolve, reject) => stream.once('open', resolve).once('error', reject));
  } catch (error) {
    throw new CliError(`--out: ${(error as Error).message}`);
  }
  // Each write hears of its own failure; without a listener the stream would end the process first.
  stream.on('error', () => undefined);
  return stream;
}

async function closeOutput(stream: Writable | null): Promise<void> {
  if (stream === null || stream === process.stdout) return;
  stream.end();
  await finished(stream);
}

interface Told {
  readonly isJson: boolean;
  readonly took: ReplaySpeed | null;
  /** The lines are on standard output: the summary goes beside them. */
  readonly isOutTaken: boolean;
}

function tell(report: ReplayReport, { isJson, took, isOutTaken }: Told): void {
  const summary = isJson ? `${JSON.stringify({ ...report, ...(took ?? {}) }, null, 2)}\n` : replayText(report, took);
  (isOutTaken ? process.stderr : process.stdout).write(summary);
}
