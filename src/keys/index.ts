export { KeyHealthFeed } from './ports.js';
export type { Finding, FindingCode, KeyHealth, KeyView } from './key-health.js';
