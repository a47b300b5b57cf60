export { SettingsViewModule } from './settings-view.module.js';
