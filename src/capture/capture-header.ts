import { CAPTURE_FORMAT, CAPTURE_VERSION, type CaptureHeader } from '../core/replay/capture-format.js';
import { productVersion, type Settings } from '../platform/config/index.js';

/** What differs from one capture to another. */
export interface CaptureOrigin {
  readonly createdAtMs: number;
  readonly epoch: string;
  readonly keptLevels: number;
  readonly detection: Settings['detection'];
  /** `live`, or `import:` and the kind of the recording. */
  readonly source: string;
  readonly assumptions?: readonly string[];
}

/** Writes the first line of a capture. */
export function captureHeader(origin: CaptureOrigin): CaptureHeader {
  const { createdAtMs, epoch, keptLevels, detection, source, assumptions = [] } = origin;
  return {
    format: CAPTURE_FORMAT,
    version: CAPTURE_VERSION,
    product: productVersion(),
    createdAtMs,
    epoch,
    keptLevels,
    detection,
    // Detection draws no random number; the field is there for a source that does.
    seeds: {},
    source,
    assumptions,
  };
}
