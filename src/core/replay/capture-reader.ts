import type { DetectionInput } from '../input/market-event.js';
import {
  CAPTURE_FORMAT,
  CAPTURE_VERSION,
  type CaptureEnd,
  type CaptureHeader,
  type CaptureItem,
  type CaptureSection,
} from './capture-format.js';
import { CaptureError } from './capture.error.js';
import { inputFault } from './check-input.js';
import { type Check, listOf, number, object, text } from './shape.js';

const anyObject = object({});
const numbers: Check = (value, at) => anyObject(value, at) ?? listOf(number)(Object.values(value as object), at);
const header = object({
  product: text,
  createdAtMs: number,
  epoch: text,
  keptLevels: number,
  detection: anyObject,
  seeds: numbers,
  source: text,
  assumptions: listOf(text),
});
const end = object({ entries: number, endedAtMs: number });

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads a capture line by line and proves its order: header, entries in sections, end.
 *
 * Keeps nothing of what it read but where it stands.
 */
export class CaptureReader {
  private line = 0;
  private section: CaptureSection | null = null;
  private counted = 0;
  private isComplete = false;

  /** @returns Entries read so far. */
  get entries(): number {
    return this.counted;
  }

  /** @returns Whether the line that ends a capture was read; without it the rest was lost. */
  get isWhole(): boolean {
    return this.isComplete;
  }

  /**
   * Reads the next line.
   *
   * @param line - One line without its line break.
   * @returns What it says.
   * @throws {CaptureError} If it is no line of a capture, or not in its place.
   */
  take(line: string): CaptureItem {
    this.line += 1;
    const value = this.parse(line);
    if (this.line === 1) return { kind: 'header', header: this.header(value) };
    if (this.isComplete) throw this.fault('nothing may follow the end of a capture');
    if ('type' in value) return this.entry(value);
    if ('section' in value) return this.enter(value);
    if ('end' in value) return this.finish(value);
    throw this.fault('it is neither an entry, a section nor the end');
  }

  private parse(line: string): Fields {
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch (error) {
      throw this.fault(`it is no JSON (${(error as Error).message})`);
    }
    const problem = anyObject(value, '');
    if (problem !== null) throw this.fault(problem);
    return value as Fields;
  }

  private header(value: Fields): CaptureHeader {
    if (value['format'] !== CAPTURE_FORMAT) {
      throw this.fault(`it must begin with {"format":"${CAPTURE_FORMAT}" …}: this file is no capture`);
    }
    if (value['version'] !== CAPTURE_VERSION) {
      const { version, product } = value;
      throw this.fault(
        `version ${String(version)} is not known here, only ${CAPTURE_VERSION}: replay it with product ${String(product)}`,
      );
    }
    const problem = header(value, '');
    if (problem !== null) throw this.fault(problem);
    return value as unknown as CaptureHeader;
  }

  private entry(value: Fields): CaptureItem {
    const { section } = this;
    if (section === null) throw this.fault('an entry must stand in a section');
    const problem = inputFault(value);
    if (problem !== null) throw this.fault(problem);
    this.counted += 1;
    return { kind: 'input', section, input: value as unknown as DetectionInput };
  }

  private enter({ section }: Fields): CaptureItem {
    const isFirst = section === 'state' && this.section === null;
    if (!isFirst && !(section === 'log' && this.section !== 'log')) {
      throw this.fault('sections must be "state", then "log", each once');
    }
    this.section = section;
    return { kind: 'section', section };
  }

  private finish(value: Fields): CaptureItem {
    const problem = end(value, '');
    if (problem !== null) throw this.fault(problem);
    const { entries } = value as unknown as CaptureEnd;
    if (entries !== this.counted) {
      throw this.fault(`the end tells of ${entries} entries, but ${this.counted} were there: the file was changed`);
    }
    this.isComplete = true;
    return { kind: 'end', end: value as unknown as CaptureEnd };
  }

  private fault(what: string): CaptureError {
    return new CaptureError(`line ${this.line} of the capture: ${what}`);
  }
}
