import { types } from 'node:util';

/** Classes of javascript itself: whoever threw one did not foresee it, so its stack is worth reading. */
const UNFORESEEN: ReadonlySet<unknown> = new Set([Error, TypeError, RangeError, ReferenceError, SyntaxError]);

// By its nature and not by its class: an error may come from another realm.
function isError(value: unknown): value is Error {
  return types.isNativeError(value);
}

/**
 * Explains to a person why the service did not start.
 *
 * @param error - What was thrown.
 * @param listening - The address that was to be listened on, for a port that is taken.
 * @returns Lines of text; a stack only for what nobody foresaw.
 */
export function explainStartFailure(error: unknown, listening: { host: string; port: number } | null): string[] {
  if (!isError(error)) return [`crossbook cannot start: ${String(error)}`];
  const { code, problems } = error as { code?: unknown; problems?: unknown };
  if (Array.isArray(problems)) {
    return [`crossbook cannot start: ${error.message}`, ...problems.map((problem) => `  ${String(problem)}`)];
  }
  if (listening && code === 'EADDRINUSE') {
    const at = `${listening.host}:${listening.port}`;
    return [`crossbook cannot start: ${at} is taken by another program; stop it, or set port (CROSSBOOK_PORT)`];
  }
  if (listening && (code === 'EACCES' || code === 'EADDRNOTAVAIL') && error.message.includes('listen')) {
    const at = `${listening.host}:${listening.port}`;
    return [
      `crossbook cannot start: may not listen on ${at} (${code}); set host and port (CROSSBOOK_HOST, CROSSBOOK_PORT)`,
    ];
  }
  const isForeseen = !UNFORESEEN.has(error.constructor);
  return [`crossbook cannot start: ${isForeseen ? error.message : (error.stack ?? error.message)}`];
}
