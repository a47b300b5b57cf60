import { readFile, stat } from 'node:fs/promises';
import type { AssetNetwork } from '../../core/market/asset-network.js';
import { type Shape, listOf, number, object, orAbsent, text } from '../../core/replay/shape.js';
import { CaptureError } from '../../core/replay/capture.error.js';
import { networkCode, splitName } from './market-names.js';
import type { MarketScript } from './market-script.js';
import type { Moment } from './merge.js';

/** The whole document is read at once: one instant of a few thousand books has some megabytes. */
const MAX_BYTES = 268_435_456;

interface Network {
  readonly name: string;
  readonly fee: number;
  readonly minWd: number;
}

interface Book {
  readonly bid: readonly (readonly number[])[];
  readonly ask: readonly (readonly number[])[];
  readonly network?: readonly Network[];
}

const levels = listOf(listOf(number));
const shape: Shape = {
  bid: levels,
  ask: levels,
  network: orAbsent(listOf(object({ name: text, fee: number, minWd: number }))),
};
const bookShape = object(shape);

/**
 * Reads one instant of many books, `{"BTCUSDT": {"Binance": {"bid": [[price, size] …], "ask": …, "network": …} …} …}`, with
 * the networks on which each exchange lets the base out.
 *
 * @param atMs - When the instant was, epoch milliseconds: the document does not tell.
 */
export async function* snapshotMoments(
  file: string,
  script: MarketScript,
  atMs: number,
): AsyncGenerator<readonly Moment[]> {
  const document = await readDocument(file);
  const told = new Set<string>();
  const play = (): void => {
    for (const [name, byExchange] of Object.entries(document)) {
      const symbol = splitName(name);
      if (symbol === null) throw new CaptureError(`${file}, ${name}: no known quote ends this name`);
      for (const [exchange, value] of Object.entries(byExchange as object)) {
        const problem = bookShape(value, '');
        if (problem !== null) throw new CaptureError(`${file}, ${name}, ${exchange}: ${problem}`);
        tell(script, { exchange: exchange.toLowerCase(), symbol, book: value as Book, atMs, told });
      }
    }
    script.tick(atMs);
  };
  yield await Promise.resolve([{ atMs, play }]);
}

interface Shown {
  readonly exchange: string;
  readonly symbol: string;
  readonly book: Book;
  readonly atMs: number;
  /** Assets whose networks were told already: they stand with each of an asset's symbols. */
  readonly told: Set<string>;
}

function tell(script: MarketScript, { exchange, symbol, book, atMs, told }: Shown): void {
  const asset = symbol.slice(0, symbol.indexOf('/'));
  const { bid, ask, network } = book;
  if (network && !told.has(`${exchange} ${asset}`)) {
    told.add(`${exchange} ${asset}`);
    script.networks({ type: 'asset', exchange, asset, networks: network.map(networkOf), atMs });
  }
  script.book({
    ...{ v: 1, instrument: { exchange, symbol }, kind: 'snapshot', bids: bid.flat(), asks: ask.flat() },
    ...{ sequence: null, exchangeTimeMs: null, receivedAtMs: atMs },
  });
}

function networkOf({ name, fee, minWd }: Network): AssetNetwork {
  const open = { deposit: true, withdraw: true };
  return { network: networkCode(name), contract: null, ...open, withdrawFee: fee, withdrawMin: minWd };
}

async function readDocument(file: string): Promise<Record<string, unknown>> {
  try {
    const { size } = await stat(file);
    if (size > MAX_BYTES) throw new Error(`it has ${size} bytes, more than the ${MAX_BYTES} that are read at once`);
    const document: unknown = JSON.parse(await readFile(file, 'utf8'));
    const problem = object({})(document, '');
    if (problem !== null) throw new Error(problem);
    return document as Record<string, unknown>;
  } catch (error) {
    throw new CaptureError(`${file} cannot be read as depth snapshots: ${(error as Error).message}`, { cause: error });
  }
}
