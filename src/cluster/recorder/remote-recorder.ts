import type { StateLog } from '../states/state-log.js';
import type { RecorderTold } from './recorded-opportunities.js';

/** How far the recorder is, as it told last. */
export class RemoteRecorder {
  constructor(private readonly states: StateLog) {}

  /** By kind of rows; empty before a recorder ran. */
  get allMetrics(): RecorderTold['progress'] {
    return (this.states.all('recorder')[0]?.value as RecorderTold | undefined)?.progress ?? {};
  }
}
