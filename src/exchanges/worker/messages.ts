import type { MessagePort } from 'node:worker_threads';
import type { MarketEvent } from '../../core/input/market-event.js';
import type { ExchangeStatus } from '../../core/market/exchange-status.js';
import type { ExchangeId, Instrument } from '../../core/market/instrument.js';
import type { AccountReading } from '../../core/portfolio/account-reading.js';
import type { Settings } from '../../platform/config/index.js';
import type { KeyPurpose, SignedCall } from '../contract/ports.js';

/** What a worker thread is started with; no secret among it. */
export interface WorkerStart {
  /** From 1, as logs name it. */
  readonly worker: number;
  /** The settings of the process with this worker's exchanges only. */
  readonly settings: Settings;
  readonly ring: SharedArrayBuffer;
  readonly bell: SharedArrayBuffer;
  /** Carries what is not a plain book update; read in the order of the ring. */
  readonly parcels: MessagePort;
}

/** What a worker tells of its markets, in one order. */
export type Told =
  | MarketEvent
  | { readonly type: 'status'; readonly status: ExchangeStatus }
  | { readonly type: 'account'; readonly reading: AccountReading };

/** What crosses the parcel port: the second gives the next instrument its number in the ring. */
export type Parcel = Told | { readonly type: 'instrument'; readonly instrument: Instrument };

/** A credential on its way to the thread that signs with it: in this process's memory only. */
export interface PlainCredential {
  readonly keyId: string;
  readonly apiKey: string;
  readonly secret: string | null;
  readonly passphrase: string | null;
}

/** What the main thread says to a worker. */
export type ToWorker =
  | { readonly type: 'credential'; readonly ask: number; readonly credential: PlainCredential | null }
  | { readonly type: 'noCredential'; readonly ask: number; readonly reason: string }
  | { readonly type: 'keyChanged'; readonly exchange: ExchangeId }
  | { readonly type: 'watch'; readonly symbols: readonly string[] }
  | { readonly type: 'endSigned' }
  | { readonly type: 'stop' };

/** What a worker says to the main thread. */
export type FromWorker =
  /** There is something in the ring and nobody reads it. */
  | { readonly type: 'bell' }
  | {
      readonly type: 'askCredential';
      readonly ask: number;
      readonly exchange: ExchangeId;
      readonly purpose: KeyPurpose;
    }
  | { readonly type: 'call'; readonly call: SignedCall }
  | { readonly type: 'signedEnded' };
