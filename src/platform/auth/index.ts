export { type Access, AccessPolicy } from './access-policy.js';
export { AuthModule } from './auth.module.js';
export { Actor, Caller } from './caller.js';
export { digestOf, type Grant, newSecret } from './grant.js';
export { RequireScope, type Scope, SCOPES } from './scopes.js';
export { ADMIN_NAME, TokenService } from './token.service.js';
