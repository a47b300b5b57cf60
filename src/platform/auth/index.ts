export { type Access, AccessPolicy } from './access-policy.js';
export { AuthModule } from './auth.module.js';
export { RequireScope, type Scope } from './scopes.js';
export { TokenService } from './token.service.js';
