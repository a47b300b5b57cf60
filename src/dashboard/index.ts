export { installDashboard } from './install-dashboard.js';
