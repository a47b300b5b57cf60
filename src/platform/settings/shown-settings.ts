import type { Settings } from '../config/index.js';

const HIDDEN = '[redacted]';

/**
 * Returns the effective settings as anybody with a token, and a worker thread, may see them.
 *
 * @param settings - The settings of this process.
 * @returns The same without the master key, its passphrase, and without the user, password and options of the database address.
 */
export function shownSettings(settings: Settings): Settings {
  return {
    ...settings,
    ...(settings.masterKey === undefined ? {} : { masterKey: HIDDEN }),
    ...(settings.masterPassphrase === undefined ? {} : { masterPassphrase: HIDDEN }),
    ...(settings.databaseUrl === undefined ? {} : { databaseUrl: withoutCredentials(settings.databaseUrl) }),
  };
}

function withoutCredentials(text: string): string {
  if (!URL.canParse(text)) return HIDDEN;
  const { protocol, host, pathname } = new URL(text);
  return `${protocol}//${host}${pathname}`;
}
