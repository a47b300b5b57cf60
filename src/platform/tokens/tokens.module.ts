import { Module } from '@nestjs/common';
import { Database } from '../prisma/index.js';
import { IssuedTokens } from './issued-tokens.js';
import { TokenStore } from './token-store.js';
import { TokensController } from './tokens.controller.js';

/** Tokens beside the owner's: kept in the database, made and revoked by REST. */
@Module({
  controllers: [TokensController],
  providers: [
    { provide: TokenStore, inject: [Database], useFactory: (database: Database) => new TokenStore(database) },
    IssuedTokens,
  ],
  exports: [IssuedTokens],
})
export class TokensModule {}
