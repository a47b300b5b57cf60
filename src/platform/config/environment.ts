import { env } from 'node:process';

/** The variables of this process: the one place where they are read. */
export function readEnvironment(): Readonly<Record<string, string | undefined>> {
  return env;
}

/**
 * Names the directory in which systemd hands this service its credentials, null where it does not: see "Credentials" in
 * systemd.exec(5).
 */
export function credentialsDirectory(): string | null {
  return env['CREDENTIALS_DIRECTORY'] ?? null;
}

/** What a child process may need of our environment: where programs, homes and temporary files are, and how text is. */
const PASSED_ON = ['PATH', 'HOME', 'USER', 'TMPDIR', 'TEMP', 'TMP', 'LANG', 'LC_ALL', 'TZ', 'SystemRoot', 'TERM'];

/**
 * Returns an environment for a child process: without our settings, and so without any secret among them.
 *
 * @param added - Variables that this child needs.
 * @returns The environment.
 */
export function childEnvironment(added: Readonly<Record<string, string>> = {}): Record<string, string> {
  const passed = PASSED_ON.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]] as const]));
  return { ...Object.fromEntries(passed), ...added };
}
