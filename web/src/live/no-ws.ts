/** Stands in for the package `ws`, which a browser does not need. */
export const WebSocket = globalThis.WebSocket;
