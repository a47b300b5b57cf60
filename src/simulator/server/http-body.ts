import type { IncomingMessage, ServerResponse } from 'node:http';

/** Longest request body, bytes. */
const MOST_BODY_BYTES = 64 * 1024;

/** A body longer than the simulator takes. */
export class BodyTooLargeError extends Error {
  constructor() {
    super(`the body is longer than ${MOST_BODY_BYTES} bytes`);
  }
}

/** Reads a request's body as text. */
export async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    const bytes = chunk as Buffer;
    length += bytes.length;
    if (length > MOST_BODY_BYTES) throw new BodyTooLargeError();
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Answers with JSON, or with a text as it is where the headers say that it is plain. */
export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  const isPlain = typeof body === 'string' && headers['content-type']?.startsWith('text/plain') === true;
  const text = isPlain ? body : JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    ...headers,
    'content-length': Buffer.byteLength(text),
  });
  response.end(text);
}
