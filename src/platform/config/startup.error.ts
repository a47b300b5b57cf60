/** The service cannot start for a reason that its owner can remove; the message is the whole story, no stack needed. */
export class StartupError extends Error {
  override readonly name: string = 'StartupError';
}
