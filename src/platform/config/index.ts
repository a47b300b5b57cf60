export { commandText, spellForPackage } from './command-text.js';
export { childEnvironment, credentialsDirectory, readEnvironment } from './environment.js';
export { addressProblem, type AlertRule, type AlertTarget, type QuietHours } from './alerts.schema.js';
export { loadSettings, SettingsError } from './load-settings.js';
export { productVersion } from './product-version.js';
export { environmentName } from './setting-leaves.js';
export { settingsHelp } from './settings-help.js';
export { SETTINGS, SettingsModule } from './settings.module.js';
export {
  CLUSTER_ROLES,
  type ClusterRole,
  isLoopback,
  MAX_SYMBOLS,
  type Role,
  settingsSchema,
  type Settings,
} from './settings.schema.js';
export { StartupError } from './startup.error.js';
export { whatIf } from './what-if.js';
