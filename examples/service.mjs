// What the examples in JavaScript share: their options, a clean end, and words for a service that is not there.
import { parseArgs } from 'node:util';
import { CrossbookClient } from 'crossbook/client';

const COMMON = {
  url: { type: 'string', default: process.env.CROSSBOOK_URL ?? 'http://127.0.0.1:8080' },
  token: { type: 'string', default: process.env.CROSSBOOK_TOKEN },
  duration: { type: 'string' },
  help: { type: 'boolean', default: false },
};
const COMMON_HELP = `  --url URL            the service, default CROSSBOOK_URL or http://127.0.0.1:8080
  --duration SECONDS   end by itself; without it Ctrl-C does
  CROSSBOOK_TOKEN      a token, where the service wants one`;

/**
 * Reads the options of an example; prints its help and ends where it was asked for, or where an option is wrong.
 *
 * @param help - What it does, and its own options.
 * @param own - Those options, as `parseArgs` takes them.
 * @returns The values; `durationMs` is null without an end.
 */
export function optionsOf(help, own = {}) {
  let values;
  try {
    ({ values } = parseArgs({ options: { ...COMMON, ...own } }));
  } catch (error) {
    stop(2, `${error.message}; see --help`);
  }
  if (values.help) {
    console.log(`${help}\n${COMMON_HELP}`);
    process.exit(0);
  }
  const seconds = values.duration === undefined ? null : Number(values.duration);
  if (seconds !== null && !(seconds > 0)) stop(2, `--duration: must be seconds above 0, was "${values.duration}"`);
  return { ...values, durationMs: seconds === null ? null : seconds * 1_000 };
}

/** Ends the process with words on standard error. */
export function stop(code, words) {
  console.error(words);
  process.exit(code);
}

/**
 * Follows the opportunities until the time is over, Ctrl-C, or a refusal.
 *
 * @param options - As `optionsOf` gives them.
 * @param request - Filter and mode of the subscription.
 * @param take - Takes each snapshot and update.
 * @returns After the end.
 */
export async function follow({ url, token, durationMs }, request, take) {
  const stream = new URL('/v1/stream', url.replace(/^http/, 'ws')).href;
  // Where nobody answers at all, say so instead of trying for ever.
  await fetch(new URL('/health/live', url)).catch(() => stop(1, `nothing answers at ${url}; is the service running?`));
  const client = new CrossbookClient({ url: stream, ...(token ? { token } : {}) });
  await new Promise((resolve) => {
    const timer = durationMs === null ? undefined : setTimeout(() => client.close(), durationMs);
    process.once('SIGINT', () => client.close());
    client.subscribe('opportunities', request).subscribe({
      next: take,
      error: (error) => stop(1, `the service refuses: ${error.message}`),
      complete: resolve,
    });
    client.state$.subscribe((state) => {
      if (state === 'connecting') console.error('connecting …');
      if (state === 'closed') clearTimeout(timer);
    });
  });
}
