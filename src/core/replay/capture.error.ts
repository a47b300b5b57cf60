/** A capture that cannot be read: the message says where, what and what to do. */
export class CaptureError extends Error {
  override readonly name = 'CaptureError';
}
