import ccxt from 'ccxt';
import type { Clock } from '../../../platform/clock/index.js';
import type { Credential, SignedCallLog } from '../../contract/ports.js';
import type { RestGate } from '../../supervision/rest-gate.js';
import type { CcxtExchange } from '../instance/ccxt-instance.js';
import { createInstance } from '../instance/create-instance.js';
import { guardRest } from '../instance/guard-rest.js';
import { hostAndPath } from '../instance/gateway.js';
import { KnownRefusal } from '../key-errors/known-refusal.js';
import { classifyFailure, noteAnswer, raiseRefusal } from '../key-errors/classify.js';
import { keepInLane } from './key-lane.js';
import { redactor } from './redactor.js';

/** Never opens a socket; only the constructor wants it. */
const KEEP_ALIVE_MS = 30_000;

/** What a signing instance needs around it. */
export interface SigningContext {
  readonly gateway: string | undefined;
  readonly clock: Clock;
  readonly calls: SignedCallLog;
  /** Of the exchange: its signed calls wait with all others from our address. */
  readonly gate: RestGate;
}

/**
 * Makes an instance that signs with a credential and tells each call to the usage log: method, path without query,
 * outcome and duration, never parameters. It loads no metadata and opens no socket.
 *
 * @param exchange - ccxt id.
 * @param credential - Signs; held by the instance alone.
 * @param context - What it needs around it.
 */
export function createSigned(exchange: string, credential: Credential, context: SigningContext): CcxtExchange {
  const { gateway, clock, calls } = context;
  const instance = createInstance({ exchange, gateway, keepAliveMs: KEEP_ALIVE_MS, credential });
  keepInLane(instance, credential.keyId);
  const redact = redactor(credential);
  const handleErrors = instance.handleErrors.bind(instance);
  instance.handleErrors = (httpStatus, ...answer) => {
    // Reason, address, method, headers, body.
    const body = answer[4];
    try {
      const handled = handleErrors(httpStatus, ...answer);
      raiseRefusal(exchange, body);
      return handled;
    } catch (error) {
      noteAnswer(error, httpStatus, body);
      throw error;
    }
  };
  nameUnusableSecret(instance);
  const fetch = instance.fetch.bind(instance);
  instance.fetch = async (url, method = 'GET', headers, body) => {
    const atMs = clock.nowMs();
    const { path } = hostAndPath(url, gateway);
    const call = { keyId: credential.keyId, exchange, method, path, atMs };
    try {
      const answer = await fetch(url, method, headers, body);
      calls.record({ ...call, outcome: 'ok', durationMs: clock.nowMs() - atMs });
      return answer;
    } catch (error) {
      const { code } = classifyFailure(exchange, error, redact);
      calls.record({ ...call, outcome: code, durationMs: clock.nowMs() - atMs });
      throw error;
    }
  };
  // Outermost: a call that does not leave is not told as one that was made.
  guardRest(instance, { gate: context.gate, clock, offsetMs: () => null });
  return instance;
}

// A secret of the wrong form makes the cryptography itself fail, with words that quote the secret: they are not passed on.
function nameUnusableSecret(instance: CcxtExchange): void {
  const sign = instance.sign.bind(instance);
  instance.sign = (...call) => {
    try {
      return sign(...call);
    } catch (error) {
      if (error instanceof ccxt.BaseError) throw error;
      const words = `nothing was sent: ${instance.id} hands out secrets of another form than this one; copy it again`;
      throw new KnownRefusal('wrong_secret', null, words);
    }
  };
}
