/** Every code with which the service closes a connection of the live feed, beside those of the WebSocket standard. */
export const CLOSE_CODES = {
  /** The client reads too slowly: its buffer stayed over the bound. Reconnect and read faster, filter or conflate. */
  slow: 1008,
  /** The service stops or restarts: reconnect after the time that the `closing` message names. */
  restart: 1012,
  /** Nothing but malformed messages came: the client does not speak this protocol. */
  badRequest: 4400,
  /** No token where one is needed, or one that is not known, was revoked or has expired. */
  unauthenticated: 4401,
  /** The token allows nothing that the feed offers. */
  scope: 4403,
  /** The client answered no ping for two heartbeats. */
  idle: 4408,
  /** The client went on sending faster than the limits in `hello` allow. */
  tooMany: 4429,
} as const;

const CODES_OF_ERRORS: Readonly<Record<string, number>> = {
  WS_ERR_INVALID_UTF8: 1007,
  WS_ERR_UNSUPPORTED_MESSAGE_LENGTH: 1009,
  WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH: 1009,
  WS_ERR_TOO_MANY_BUFFERED_PARTS: 1008,
};

/**
 * The code with which the WebSocket layer closes a connection after an error of its own; it does not wait for the
 * answer to that, so the connection seems to break (1006).
 *
 * @param error - As the socket told it.
 * @returns The code of RFC 6455, section 7.4.1; null where the connection itself failed.
 */
export function closeCodeOf(error: Error): number | null {
  const { code = '' } = error as { code?: string };
  return code.startsWith('WS_ERR_') ? (CODES_OF_ERRORS[code] ?? 1002) : null;
}
