/** Stable codes of error frames; docs/feed.md explains each. */
export const FAULT_CODES = [
  'bad_json',
  'bad_message',
  'bad_filter',
  'bad_mode',
  'bad_since',
  'binary',
  'unknown_op',
  'unknown_channel',
  'unknown_subscription',
  'duplicate_id',
  'too_many_subscriptions',
  'too_many_requests',
  'unauthenticated',
  'scope',
  'internal',
] as const;
export type FaultCode = (typeof FAULT_CODES)[number];

/** A message of a client that cannot be done; it is answered with an error frame, and the connection lives. */
export class FeedFault extends Error {
  override readonly name = 'FeedFault';

  /**
   * @param code - Stable code.
   * @param message - What is wrong, with the value that was given and the remedy.
   * @param id - The id of the message, null where it had none that can be read.
   */
  constructor(
    readonly code: FaultCode,
    message: string,
    readonly id: string | null = null,
  ) {
    super(message);
  }
}
