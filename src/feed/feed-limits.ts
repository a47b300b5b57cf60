/** The longest message that a client may send; a longer one is closed with 1009 by the WebSocket layer. */
export const MAX_MESSAGE_BYTES = 65_536;
/** Messages a client may send per second in the long run. */
export const MESSAGES_PER_SECOND = 20;
/** Messages a client may send at once after a silence. */
export const MESSAGE_BURST = 100;
/** Messages over the rate that are refused one by one before the connection is closed. */
export const MAX_OVER_RATE = 200;
/** Malformed messages in a row after which the connection is closed. */
export const MAX_FAULTS_IN_A_ROW = 50;
/** Wrong tokens that one address may show within a minute, at the door and in messages together. */
export const MAX_WRONG_TOKENS = 60;
/** Bytes of the filters of all subscriptions of one client together: `list` tells them all again. */
export const MAX_FILTER_BYTES = 262_144;
/** The narrowest and widest window of conflation. */
export const MIN_CONFLATE_MS = 10;
export const MAX_CONFLATE_MS = 60_000;
/** A client whose buffer holds more than this part of `maxBufferedBytes` is conflated until it has caught up. */
export const CONGESTED_PART = 1 / 16;
/** How often a congested client is looked at. */
export const DRAIN_CHECK_MS = 100;
/** Heartbeats for which a client may stay congested, or silent, before it is closed. */
export const PATIENCE_HEARTBEATS = 2;
/** How long a closed client may take to read what is left and answer the closing before its socket is destroyed. */
export const CLOSE_GRACE_MS = 5_000;
/** Events per message when many waited. */
export const MAX_EVENTS_PER_MESSAGE = 500;
