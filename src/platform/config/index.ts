export { childEnvironment, readEnvironment } from './environment.js';
export { SETTINGS, SettingsModule } from './settings.module.js';
export { environmentName, loadSettings, SettingsError } from './load-settings.js';
export { isLoopback, settingsSchema, type Settings } from './settings.schema.js';
export { StartupError } from './startup.error.js';
