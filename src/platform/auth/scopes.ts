import { SetMetadata } from '@nestjs/common';

/** Everything that a token can be allowed; the owner's token has all of it. */
export const SCOPES = [
  'feed',
  'history',
  'keys:read',
  'keys:admin',
  'symbols:admin',
  'identity:admin',
  'tokens:admin',
] as const;

/** What a token may do. Programs on this machine have `feed` and `history` without one. */
export type Scope = (typeof SCOPES)[number];

/** Metadata key of {@link RequireScope}. */
export const REQUIRED_SCOPE = 'crossbook:scope';

/**
 * Says which scope a route or controller needs; a route without it needs none.
 *
 * @param scope - The scope.
 * @returns The decorator.
 */
export const RequireScope = (scope: Scope): ReturnType<typeof SetMetadata> => SetMetadata(REQUIRED_SCOPE, scope);
