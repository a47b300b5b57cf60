import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request } from 'express';
import { AccessPolicy } from './access-policy.js';
import { admit } from './caller.js';
import { REQUIRED_SCOPE, type Scope } from './scopes.js';

const READING: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Lets a request pass when its token has the scope that its route names.
 *
 * A route that names none is open for reading only: a write, and everything under keys, is closed even where somebody
 * forgot to say so. The gateway asks {@link AccessPolicy} itself.
 */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly access: AccessPolicy,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    if (context.getType() !== 'http') return true;
    const request = context.switchToHttp().getRequest<Request>();
    const access = this.access.of(request.headers);
    const scope = this.requiredScope(context, request);
    const refusal = scope === null ? null : this.access.refusal(access, scope);
    if (refusal) throw refusal;
    admit(request, access);
    return true;
  }

  private requiredScope(context: ExecutionContext, request: Request): Scope | null {
    const named = this.reflector.getAllAndOverride<Scope | undefined>(REQUIRED_SCOPE, [
      context.getHandler(),
      context.getClass(),
    ]);
    const isReading = READING.has(request.method);
    // What is open for reading on loopback is not open for writing there.
    if (!isReading && (named === undefined || named === 'feed' || named === 'history')) return 'keys:admin';
    if (named !== undefined) return named;
    if (/^\/v1\/tokens(\/|$)/i.test(request.path)) return 'tokens:admin';
    return /^\/v1\/keys(\/|$)/i.test(request.path) ? 'keys:read' : null;
  }
}
