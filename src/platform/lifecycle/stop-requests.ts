/** Signals that ask for an orderly stop. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Calls back once when the process is asked to stop: by a signal, or by the end of the program that started it with a
 * channel. A second signal ends the process at once, for a person who does not want to wait.
 *
 * @param onStop - Told why.
 * @returns Why the process was asked to stop so far, null while it was not.
 */
export function onStopRequest(onStop: (reason: string) => void): () => string | null {
  let asked: string | null = null;
  const ask = (reason: string): void => {
    if (asked !== null) process.exit(130);
    asked = reason;
    onStop(reason);
  };
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      ask(signal);
    });
  }
  process.once('disconnect', () => {
    if (asked === null) ask('the program that started it has ended');
  });
  return () => asked;
}
