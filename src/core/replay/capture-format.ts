import type { DetectionInput } from '../input/market-event.js';

/** First word of every capture. */
export const CAPTURE_FORMAT = 'crossbook-capture';
/** Version of the format; grows when an older reader would read a newer file wrongly. */
export const CAPTURE_VERSION = 1;

/** First line of a capture: all that a replay needs beside the entries. */
export interface CaptureHeader {
  readonly format: typeof CAPTURE_FORMAT;
  readonly version: typeof CAPTURE_VERSION;
  /** Version of the product that wrote it. */
  readonly product: string;
  /** Epoch milliseconds. */
  readonly createdAtMs: number;
  /** The run of the detector; opportunity ids begin with it. */
  readonly epoch: string;
  /** The most levels that each side of a book keeps. */
  readonly keptLevels: number;
  /** Effective settings of detection. */
  readonly detection: Readonly<Record<string, unknown>>;
  /** What random choices of the run began with, by name; empty where it made none. */
  readonly seeds: Readonly<Record<string, number>>;
  /** `live`, or `import:` and the kind of the recording. */
  readonly source: string;
  /** What an import took for granted because the recording does not tell it, in sentences. */
  readonly assumptions: readonly string[];
}

/** Which part of a capture an entry is of: what was known when it began, or what came then. */
export type CaptureSection = 'state' | 'log';

/** Last line of a capture that was completed. */
export interface CaptureEnd {
  readonly end: true;
  /** Entries of both sections. */
  readonly entries: number;
  /** When detection was shut down, our clock. */
  readonly endedAtMs: number;
}

/** What one line of a capture says. */
export type CaptureItem =
  | { readonly kind: 'header'; readonly header: CaptureHeader }
  | { readonly kind: 'section'; readonly section: CaptureSection }
  | { readonly kind: 'input'; readonly section: CaptureSection; readonly input: DetectionInput }
  | { readonly kind: 'end'; readonly end: CaptureEnd };
