import type { ExchangeWire, RestReply } from './exchange-wire.js';

/** An exchange without books: it takes no socket, and every endpoint that is not signed is missing. */
export class KeysOnlyWire implements ExchangeWire {
  constructor(
    readonly exchange: string,
    readonly hosts: readonly string[],
  ) {}

  rest(): RestReply {
    return { status: 404, body: { error: 'Not Found' } };
  }

  accepts(): boolean {
    return false;
  }

  open(): void {
    // No socket is ever opened.
  }

  receive(): void {
    // No socket is ever opened.
  }

  leave(): void {
    // No socket is ever opened.
  }

  publish(): void {
    // There are no books.
  }
}
