import type { Server } from 'node:http';
import type { ServerOptions } from 'node:https';

/** The longest time for the headers of a request; one that sends them byte by byte is cut off. */
const HEADERS_WITHIN_MS = 10_000;
/** The longest time for a whole request. */
const REQUEST_WITHIN_MS = 30_000;
/** How long a connection may wait for its next request. */
const IDLE_MS = 15_000;
/** How often unfinished requests are looked at, where the server is told at its making (TLS); else node does every 30 s. */
const LOOK_EVERY_MS = 5_000;
/** The longest time for the greeting of TLS. */
const HANDSHAKE_WITHIN_MS = 10_000;
/** The most headers of a request. */
const MAX_HEADERS = 100;
/** Connections beside those of the live feed. */
const REST_CONNECTIONS = 1_000;

/** What bounds a TLS server and can only be told when it is made. */
export const TLS_SERVER_BOUNDS: Readonly<Pick<ServerOptions, 'handshakeTimeout' | 'connectionsCheckingInterval'>> = {
  handshakeTimeout: HANDSHAKE_WITHIN_MS,
  connectionsCheckingInterval: LOOK_EVERY_MS,
};

/**
 * Bounds what a stranger can hold of the server without asking anything: connections, unfinished requests, headers.
 *
 * Connections of the live feed leave the reach of these times with their upgrade and have rules of their own.
 *
 * @param server - The server, before it listens.
 * @param feedClients - Connections that the live feed may have.
 */
export function boundServer(server: Server, feedClients: number): void {
  server.headersTimeout = HEADERS_WITHIN_MS;
  server.requestTimeout = REQUEST_WITHIN_MS;
  server.keepAliveTimeout = IDLE_MS;
  server.maxHeadersCount = MAX_HEADERS;
  server.maxConnections = feedClients + REST_CONNECTIONS;
}
