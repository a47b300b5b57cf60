import process from 'node:process';
import { Command, Option } from 'commander';
import { type ImportReport, type RecordingKind, importCapture, timeOfText } from '../capture/index.js';
import type { Instrument } from '../core/market/instrument.js';
import { parseSymbol } from '../core/market/symbol.js';
import { defaultTakerFeeBps } from '../exchanges/index.js';
import { SystemClock } from '../platform/clock/index.js';
import { commandText } from '../platform/config/index.js';
import { CliError, EXIT } from './cli.errors.js';

const KINDS = ['binance', 'closes', 'tops', 'snapshots'] as const;

interface Flags {
  readonly kind: (typeof KINDS)[number];
  readonly out: string;
  readonly force?: boolean;
  readonly fee: readonly string[];
  readonly par: readonly string[];
  readonly tickMs?: string;
  readonly books: 'depth' | 'ticker';
  readonly sort?: boolean;
  readonly columns?: string;
  readonly exchange: readonly string[];
  readonly symbol?: string;
  readonly at?: string;
}

/** The clock of a stream of frames, as of the running service; rows tell the time by themselves. */
const STREAM_TICK_MS = 100;

const COLUMNS = 'time,okx.bid,okx.ask,kraken.bid,kraken.ask';

const NOTES = `
Kinds:
  binance    recorded combined streams, lines "<local nanoseconds> <JSON>" with a REST depth snapshot among them, of spot,
             USD-M and COIN-M; contracts become base, every hole in the numbering is counted
  closes     a table "time,EXCHANGE_BASEQUOTE,…" of closing prices
  tops       a table without a header of best bids and asks; --columns says what its cells are
  snapshots  one instant of many books, {"BTCUSDT": {"Binance": {"bid": …, "ask": …, "network": …}}}

  ${commandText('import --kind binance --out btc.cap.gz --par USDT/USD spot.gz usdm.gz coinm.gz')}
  ${commandText(`import --kind tops --out two.cap.gz --symbol BTC/USDT --columns ${COLUMNS} two.csv`)}

Files may be packed with gzip. Fees are what the exchange asks of everybody unless --fee says otherwise. What a recording
does not tell is assumed, and stands in the capture: "${commandText('replay')}" shows it.`;

/** Lets an option be given more than once without taking the words after it. */
function also(value: string, before: readonly string[]): string[] {
  return [...before, value];
}

/** The command `import`: recordings of other programs as captures. */
export function importCommand(): Command {
  return new Command('import')
    .description('turn recordings of other programs into a capture')
    .argument('<files...>', 'the recordings')
    .addOption(new Option('--kind <kind>', 'what they are').choices(KINDS).makeOptionMandatory())
    .requiredOption('--out <file>', 'the capture to write')
    .option('--force', 'write over a file that is there')
    .option('--fee <exchange=bps>', 'taker fee of an exchange; may be repeated', also, [])
    .option('--par <symbol>', 'assume a book at 1.0 without fee, such as USDT/USD; may be repeated', also, [])
    .option('--tick-ms <ms>', `clock between the recorded moments (default: ${STREAM_TICK_MS} for binance, else none)`)
    .addOption(
      new Option('--books <from>', 'binance: what books are built from').choices(['depth', 'ticker']).default('depth'),
    )
    .option('--sort', 'put files whose times go back in order; each is then in memory as a whole')
    .option('--columns <names>', 'closes: only these columns; tops: what each cell is, "-" to pass over')
    .option('--exchange <name=id>', "closes: ccxt's id for the table's name; may be repeated", also, [])
    .option('--symbol <symbol>', 'tops: the symbol that all prices are of')
    .option('--at <time>', 'snapshots: when the instant was')
    .addHelpText('after', NOTES)
    .action(run);
}

async function run(files: string[], flags: Flags): Promise<void> {
  const report = await importCapture({
    ...{ files, recording: recordingOf(flags), out: flags.out, mayReplace: flags.force === true },
    script: { feeBps: feesOf(flags.fee), tickMs: tickMsOf(flags), pars: flags.par.map(parOf) },
    isSorted: flags.sort === true,
    createdAtMs: new SystemClock().nowMs(),
  });
  process.stdout.write(textOf(report, flags.out));
}

function recordingOf(flags: Flags): RecordingKind {
  const { kind, books, columns, exchange, symbol, at } = flags;
  const names = columns?.split(',').map((name) => name.trim()) ?? null;
  switch (kind) {
    case 'binance':
      return { kind, books };
    case 'closes':
      return { kind, columns: names, renamed: new Map(exchange.map((pair) => pairOf('--exchange', pair))) };
    case 'tops':
      if (names === null) throw new CliError('--kind tops needs --columns: what each cell of a row is', EXIT.usage);
      return { kind, columns: names, symbol: symbolOf('--symbol', symbol ?? '') };
    case 'snapshots': {
      const atMs = timeOfText(at ?? '');
      if (atMs === null)
        throw new CliError('--kind snapshots needs --at: a time such as 2025-04-14T12:00:00Z', EXIT.usage);
      return { kind, atMs };
    }
  }
}

function tickMsOf({ tickMs, kind }: Flags): number | null {
  if (tickMs === undefined) return kind === 'binance' ? STREAM_TICK_MS : null;
  const value = Number(tickMs);
  if (!(Number.isInteger(value) && value >= 1)) {
    throw new CliError(`--tick-ms: must be a whole number from 1, was "${tickMs}"`, EXIT.usage);
  }
  return value;
}

function feesOf(given: readonly string[]): (instrument: Instrument) => number {
  const fees = new Map(
    given.map((pair) => {
      const [exchange, text] = pairOf('--fee', pair);
      const bps = Number(text);
      if (text.trim() === '' || !Number.isFinite(bps)) {
        throw new CliError(`--fee ${pair}: must be EXCHANGE=BPS, such as kraken=26`, EXIT.usage);
      }
      return [exchange, bps] as const;
    }),
  );
  return (instrument) => {
    const bps = fees.get(instrument.exchange) ?? defaultTakerFeeBps(instrument);
    if (bps === null) {
      const { exchange, symbol } = instrument;
      throw new CliError(`the taker fee of ${exchange} for ${symbol} is not known: add --fee ${exchange}=BPS`);
    }
    return bps;
  };
}

function pairOf(option: string, text: string): [string, string] {
  const at = text.indexOf('=');
  if (at < 1 || at === text.length - 1) throw new CliError(`${option} ${text}: must be NAME=VALUE`, EXIT.usage);
  return [text.slice(0, at), text.slice(at + 1)];
}

function parOf(text: string): string {
  return symbolOf('--par', text);
}

function symbolOf(option: string, text: string): string {
  if (!parseSymbol(text)) throw new CliError(`${option}: must be a symbol such as BTC/USDT, was "${text}"`, EXIT.usage);
  return text;
}

function textOf({ entries, instruments, proofs, assumptions }: ImportReport, out: string): string {
  const lines = [
    `wrote     ${out}: ${entries} entries of ${instruments.length} instruments`,
    ...proofs.map(
      ({ instrument, frames, gaps }) => `proven    ${instrument}: ${frames} depth frames in order, ${gaps} gaps`,
    ),
    ...assumptions.map((assumption) => `assumed   ${assumption}`),
  ];
  return `${lines.join('\n')}\n`;
}
