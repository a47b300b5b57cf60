import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import type { Access } from './access-policy.js';

/** What each request that is being answered may do; forgotten with the request. */
const ADMITTED = new WeakMap<Request, Access>();

/** Remembers what a request may do while it is answered. */
export function admit(request: Request, access: Access): void {
  ADMITTED.set(request, access);
}

function accessOf(context: ExecutionContext): Access {
  const access = ADMITTED.get(context.switchToHttp().getRequest<Request>());
  if (!access) throw new Error('a route asked who calls before the guard had looked');
  return access;
}

/** Gives a route what its caller may do ({@link Access}). */
export const Caller = createParamDecorator((_data: unknown, context: ExecutionContext) => accessOf(context));

/** Gives a route who is written down for what it does: the name of the token that was shown. */
export const Actor = createParamDecorator(
  (_data: unknown, context: ExecutionContext) => accessOf(context).grants.at(-1)?.name ?? 'rest',
);
