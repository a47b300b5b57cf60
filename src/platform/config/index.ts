export { childEnvironment, readEnvironment } from './environment.js';
export { SETTINGS, SettingsModule } from './settings.module.js';
export { loadSettings, SettingsError } from './load-settings.js';
export { settingsSchema, type Settings } from './settings.schema.js';
