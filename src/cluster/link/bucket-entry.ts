import type { JsMsg } from '@nats-io/jetstream';

/** The header by which a bucket says that a key was removed (NATS ADR-8). */
const OPERATION = 'KV-Operation';

/**
 * @param message - Of the stream of a bucket.
 * @returns Whether it removes its key.
 */
export function isRemoval(message: JsMsg): boolean {
  return (message.headers?.get(OPERATION) ?? '') !== '';
}

/**
 * @param message - Of the stream of a bucket: its subject is `$KV.BUCKET.KEY`.
 * @returns Its key, which may hold dots.
 */
export function keyInBucket(message: JsMsg): string {
  return message.subject.split('.').slice(2).join('.');
}
