import { Global, Module } from '@nestjs/common';
import { CredentialSource, SignedCallLog } from '../../src/exchanges/index.js';
import { FakeCallLog, FakeCredentials } from './market-rig.js';

/** Stands in for the module of keys where a test runs the exchanges alone. */
@Global()
@Module({
  providers: [
    { provide: CredentialSource, useClass: FakeCredentials },
    { provide: SignedCallLog, useClass: FakeCallLog },
  ],
  exports: [CredentialSource, SignedCallLog],
})
export class FakeKeysModule {}
