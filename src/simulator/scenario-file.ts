import { readFileSync } from 'node:fs';
import { isSeq, LineCounter, parseDocument } from 'yaml';
import type { ScenarioEntry, ScenarioError } from './server/scenario.js';

/** Longest scenario file. */
const MOST_CHARACTERS = 4 * 1024 * 1024;

/** Thrown for a scenario file that cannot be played; names file and line. */
export class ScenarioFileError extends Error {}

/** A scenario as it stands in a file. */
export interface ScenarioFile {
  /** Not checked yet. */
  readonly entries: readonly ScenarioEntry[];
  /** Adds file and line to what is wrong with an entry. */
  readonly locate: (error: ScenarioError) => ScenarioFileError;
}

/**
 * Reads a list of faults with their times, YAML or JSON.
 *
 * @throws {ScenarioFileError} If the file cannot be read or is no list.
 */
export function readScenario(file: string): ScenarioFile {
  const lines = new LineCounter();
  const document = parseDocument(readText(file), { lineCounter: lines });
  const [broken] = document.errors;
  if (broken) throw new ScenarioFileError(`scenario ${file}, line ${broken.linePos?.[0].line ?? 1}: ${broken.message}`);
  const list = document.contents;
  if (!isSeq(list)) throw new ScenarioFileError(`scenario ${file}: give a list of faults, each with atMs`);
  return {
    entries: list.toJS(document) as readonly ScenarioEntry[],
    locate: (error) => {
      const start = error.index === null ? undefined : list.items[error.index]?.range[0];
      const line = start === undefined ? '' : `, line ${lines.linePos(start).line}`;
      return new ScenarioFileError(`scenario ${file}${line}: ${error.reason}`);
    },
  };
}

function readText(file: string): string {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new ScenarioFileError(`scenario ${file}: ${String(cause).replace(/^Error: /, '')}`, { cause });
  }
  if (text.length <= MOST_CHARACTERS) return text;
  throw new ScenarioFileError(`scenario ${file}: longer than ${MOST_CHARACTERS} characters`);
}
