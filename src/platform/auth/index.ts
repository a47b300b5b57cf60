export { RequireScope, type Scope } from './scopes.js';
