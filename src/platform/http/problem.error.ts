/** A refusal that reaches a REST client as an RFC 9457 problem document. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';

  /**
   * @param status - HTTP status.
   * @param code - Stable snake_case code.
   * @param detail - What is wrong, with the value that was given and the remedy.
   * @param field - The offending field, when there is one.
   */
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    readonly field: string | null = null,
  ) {
    super(detail);
  }
}
