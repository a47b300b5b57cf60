import { Subject } from 'rxjs';
import {
  type Credential,
  CredentialSource,
  type KeyPurpose,
  Secret,
  type SignedCall,
  SignedCallLog,
} from '../contract/ports.js';
import type { FromWorker, PlainCredential, ToWorker } from './messages.js';

type Say = (message: FromWorker) => void;

interface Asked {
  readonly resolve: (credential: Credential | null) => void;
  readonly reject: (error: Error) => void;
}

/** Credentials as a worker sees them: asked for one by one, and handed out for its own exchanges only. */
export class AskedCredentials extends CredentialSource {
  private readonly changed$ = new Subject<string>();
  /** Bounded by the exchanges of the worker: each asks for one at a time and purpose. */
  private readonly open = new Map<number, Asked>();
  private asks = 0;
  override readonly changes$ = this.changed$.asObservable();

  /** @param say - Speaks to the main thread. */
  constructor(private readonly say: Say) {
    super();
  }

  override credential(exchange: string, purpose: KeyPurpose): Promise<Credential | null> {
    const ask = ++this.asks;
    return new Promise((resolve, reject) => {
      this.open.set(ask, { resolve, reject });
      this.say({ type: 'askCredential', ask, exchange, purpose });
    });
  }

  /** Takes what the main thread says of keys. */
  take(message: Exclude<ToWorker, { readonly type: 'watch' | 'endSigned' | 'stop' }>): void {
    if (message.type === 'keyChanged') {
      this.changed$.next(message.exchange);
      return;
    }
    const asked = this.open.get(message.ask);
    this.open.delete(message.ask);
    if (message.type === 'noCredential') asked?.reject(new Error(message.reason));
    else asked?.resolve(message.credential && closed(message.credential));
  }
}

/** Signed calls as a worker notes them: told to the main thread, which stores them. */
export class ToldCalls extends SignedCallLog {
  /** @param say - Speaks to the main thread. */
  constructor(private readonly say: Say) {
    super();
  }

  override record(call: SignedCall): void {
    this.say({ type: 'call', call });
  }
}

/** Opens a credential for the way to a worker. */
export function plain({ keyId, apiKey, secret, passphrase }: Credential): PlainCredential {
  return {
    keyId,
    apiKey: apiKey.reveal(),
    secret: secret?.reveal() ?? null,
    passphrase: passphrase?.reveal() ?? null,
  };
}

function closed({ keyId, apiKey, secret, passphrase }: PlainCredential): Credential {
  return {
    keyId,
    apiKey: new Secret(apiKey),
    secret: secret === null ? null : new Secret(secret),
    passphrase: passphrase === null ? null : new Secret(passphrase),
  };
}
