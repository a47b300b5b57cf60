import { Global, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { SETTINGS, type Settings } from '../config/index.js';
import { HostPolicy, RequestTokens } from '../http/index.js';
import { AccessPolicy } from './access-policy.js';
import { AuthGuard } from './auth.guard.js';
import { TokenService } from './token.service.js';

/** Guards every route of the application; imported once, by the composition root. */
@Global()
@Module({
  providers: [
    { provide: HostPolicy, inject: [SETTINGS], useFactory: (settings: Settings) => new HostPolicy(settings) },
    {
      provide: TokenService,
      inject: [SETTINGS],
      useFactory: (settings: Settings) => TokenService.open(settings.dataDir),
    },
    {
      provide: AccessPolicy,
      inject: [TokenService, HostPolicy],
      useFactory: (tokens: TokenService, hosts: HostPolicy) => new AccessPolicy(tokens, hosts),
    },
    { provide: RequestTokens, useExisting: AccessPolicy },
    { provide: APP_GUARD, useClass: AuthGuard },
  ],
  exports: [HostPolicy, TokenService, AccessPolicy, RequestTokens],
})
export class AuthModule {}
