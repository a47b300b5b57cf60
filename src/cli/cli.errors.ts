/** Exit codes of the command line. */
export const EXIT = {
  /** The work failed or was refused. */
  failed: 1,
  /** The command was not understood. */
  usage: 2,
  /** `keys check` found a key that needs its owner. */
  critical: 3,
  /** `keys audit verify` found that the audit is not whole. */
  tampered: 4,
  /** Ctrl-C, as shells count it: 128 + SIGINT. */
  stopped: 130,
} as const;

/** An error that ends a command; the message is the whole story. */
export class CliError extends Error {
  override readonly name = 'CliError';

  constructor(
    message: string,
    readonly exitCode: number = EXIT.failed,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
