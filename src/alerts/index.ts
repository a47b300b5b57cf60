export { AlertsModule } from './alerts.module.js';
export type { StoredAlert } from './alert.js';
export type { TargetView, TestReport } from './alerts.service.js';
