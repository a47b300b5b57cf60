import type { WebSocket } from 'ws';
import { CLOSE_CODES } from './close-codes.js';
import { RequestAllowance } from './request-allowance.js';
import type { Session } from './session.js';

/**
 * Answers the pings of the WebSocket protocol, at the rate of messages and only while the client reads: answered one by
 * one, those of a client that does not would fill its buffer without end. Pongs that nobody asked for count as well.
 *
 * @param socket - Whose server answers no ping by itself (`autoPong: false`).
 * @param session - Of the same client; closed with 4429 when there is no end of them.
 */
export function answerPings(socket: WebSocket, session: Session): void {
  const allowance = new RequestAllowance(session.nowMs());
  const take = (): boolean => {
    const verdict = allowance.take(session.nowMs());
    if (verdict === 'close') session.close(CLOSE_CODES.tooMany, 'went on sending pings faster than the limits allow');
    return verdict === 'ok';
  };
  socket.on('ping', (data: Buffer) => {
    session.heard();
    if (take() && !session.isCongested && socket.readyState === socket.OPEN) socket.pong(data);
  });
  socket.on('pong', take);
}
