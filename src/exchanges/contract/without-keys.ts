import { NEVER } from 'rxjs';
import { type Credential, CredentialSource, SignedCallLog } from './ports.js';

/** Where there is no vault: nothing is signed. */
export class NoCredentials extends CredentialSource {
  override readonly changes$ = NEVER;

  override credential(): Promise<Credential | null> {
    return Promise.resolve(null);
  }
}

/** Where nothing is signed. */
export class NoSignedCalls extends SignedCallLog {
  override record(): void {
    throw new Error('a call was signed, though there is no key');
  }
}
