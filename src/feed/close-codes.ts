/** Every code with which the service closes a connection of the live feed, beside those of the WebSocket standard. */
export const CLOSE_CODES = {
  /** The client reads too slowly: its buffer stayed over the bound. Reconnect and read faster, filter or conflate. */
  slow: 1008,
  /** The service stops or restarts: reconnect after the time that the `closing` message names. */
  restart: 1012,
  /** Nothing but malformed messages came: the client does not speak this protocol. */
  badRequest: 4400,
  /** No token, or one that is not known, where one is needed. */
  unauthenticated: 4401,
  /** The token allows nothing that the feed offers. */
  scope: 4403,
  /** The client answered no ping for two heartbeats. */
  idle: 4408,
  /** The client went on sending faster than the limits in `hello` allow. */
  tooMany: 4429,
} as const;
