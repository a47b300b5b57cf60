export { KeyHealthFeed } from './ports.js';
export type { Finding, FindingCode, KeyHealth, KeyView } from './key-health.js';
export { KeysModule } from './keys.module.js';
export { KeysService } from './keys.service.js';
export { wantsPassphrase } from './keys.schema.js';
export { OfflineKeys } from './offline-keys.js';
export { VaultModule } from './vault.module.js';
export { VaultError } from './vault/vault.errors.js';
