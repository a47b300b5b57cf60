import { SetMetadata } from '@nestjs/common';

/** What a token may do. `feed` and `history` are open on loopback while no token beyond the admin's exists. */
export type Scope = 'feed' | 'history' | 'keys:read' | 'keys:admin' | 'symbols:admin' | 'identity:admin';

/** Metadata key of {@link RequireScope}. */
export const REQUIRED_SCOPE = 'crossbook:scope';

/**
 * Says which scope a route or controller needs; a route without it needs none.
 *
 * @param scope - The scope.
 * @returns The decorator.
 */
export const RequireScope = (scope: Scope): ReturnType<typeof SetMetadata> => SetMetadata(REQUIRED_SCOPE, scope);
