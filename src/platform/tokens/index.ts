export { IssuedTokens } from './issued-tokens.js';
export { tokenInput } from './token-input.js';
export { TokenStore } from './token-store.js';
export type { NewToken, TokenView } from './token-view.js';
export { TokensModule } from './tokens.module.js';
