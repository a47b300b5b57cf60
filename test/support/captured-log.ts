import { Writable } from 'node:stream';
import { pino } from 'pino';
import { Log } from '../../src/platform/logging/index.js';

/** A real log whose lines a test can read. */
export function capturedLog(): { log: Log; lines: string[] } {
  const lines: string[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done): void {
      lines.push(chunk.toString());
      done();
    },
  });
  return { log: new Log(pino({ level: 'debug' }, stream)), lines };
}
