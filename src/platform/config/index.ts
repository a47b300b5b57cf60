export { childEnvironment, readEnvironment } from './environment.js';
export { loadSettings, SettingsError } from './load-settings.js';
export { productVersion } from './product-version.js';
export { environmentName } from './setting-leaves.js';
export { settingsHelp } from './settings-help.js';
export { SETTINGS, SettingsModule } from './settings.module.js';
export { isLoopback, MAX_SYMBOLS, settingsSchema, type Settings } from './settings.schema.js';
export { StartupError } from './startup.error.js';
export { whatIf } from './what-if.js';
