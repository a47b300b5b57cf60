import type { IncomingHttpHeaders } from 'node:http';
import { WebSocket } from 'ws';

/** How the door of the feed refused. */
export interface Refusal {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly json: Readonly<Record<string, unknown>>;
}

/** Asks for an upgrade that must not be given. */
export function refusedUpgrade(port: number, target: string, headers: Record<string, string>): Promise<Refusal> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}${target}`, { headers });
    socket.on('open', () => {
      reject(new Error('it opened'));
      socket.terminate();
    });
    // The socket tells of the refusal a second time as an error.
    socket.on('error', () => undefined);
    socket.on('unexpected-response', (_request, response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('end', () => {
        const json = JSON.parse(text) as Record<string, unknown>;
        resolve({ status: response.statusCode ?? 0, headers: response.headers, json });
      });
    });
  });
}
