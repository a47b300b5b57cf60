export { SettingsViewModule } from './settings-view.module.js';
export { shownSettings } from './shown-settings.js';
