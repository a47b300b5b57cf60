import type { AlertTarget, Settings } from '../config/index.js';

const HIDDEN = '[redacted]';

/**
 * Returns the effective settings as anybody with a token, and a worker thread, may see them.
 *
 * @param settings - The settings of this process.
 * @returns The same without the master key, its passphrase, without the user, password and options of the
 *   database address, and without the paths of webhooks.
 */
export function shownSettings(settings: Settings): Settings {
  return {
    ...settings,
    ...(settings.masterKey === undefined ? {} : { masterKey: HIDDEN }),
    ...(settings.masterPassphrase === undefined ? {} : { masterPassphrase: HIDDEN }),
    ...(settings.databaseUrl === undefined ? {} : { databaseUrl: withoutCredentials(settings.databaseUrl) }),
    alerts: { ...settings.alerts, targets: settings.alerts.targets.map(withoutPath) },
  };
}

/** Whoever made the address of a webhook may have put a secret into its path. */
function withoutPath(target: AlertTarget): AlertTarget {
  return target.type === 'webhook' ? { ...target, url: new URL(target.url).origin } : target;
}

function withoutCredentials(text: string): string {
  if (!URL.canParse(text)) return HIDDEN;
  const { protocol, host, pathname } = new URL(text);
  return `${protocol}//${host}${pathname}`;
}
