export { ClientError } from './client.error.js';
export { type ClientOptions, type ClientState, CrossbookClient } from './crossbook-client.js';
export { type Away, CrossbookPast, type PastOptions, type PastQuery } from './crossbook-past.js';
export type { SocketConstructor, SocketLike } from './socket.js';
export { type AlertRequest, verifyAlert } from './verify-alert.js';
export type * from './wire.js';
