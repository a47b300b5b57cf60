/** Why a subscription ended, or what went wrong meanwhile; `code` is stable. */
export class ClientError extends Error {
  /**
   * @param code - An error code of docs/feed.md, or `closed_4401` and the like for a close that is final.
   * @param message - For people.
   */
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
    this.name = 'ClientError';
  }
}
