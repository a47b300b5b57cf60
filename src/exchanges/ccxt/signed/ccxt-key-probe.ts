import type { Credential, KeyFacts, KeyProbeResult, ProbeOptions } from '../../contract/ports.js';
import { KeyProbe } from '../../contract/ports.js';
import { unknownExchanges } from '../instance/catalogue.js';
import { RestGate } from '../../supervision/rest-gate.js';
import { callEndpoint, type CcxtExchange, endRequests } from '../instance/ccxt-instance.js';
import { classifyFailure } from '../key-errors/classify.js';
import { type Ask, type Asker, factsFrom, fields } from '../key-info/key-reader.js';
import { KEY_READERS } from '../key-info/key-readers.js';
import { ownKey } from './own-key.js';
import { redactAnswer, redactor } from './redactor.js';
import { createSigned, type SigningContext } from './signed-instance.js';

const READ_ONLY_PROBE: KeyFacts = factsFrom('the balance', {
  scopes: { read: true },
  evidence: { read: 'a read of the balance was answered' },
});

/** Asks the exchange's own key information; where there is none, reads the balance and says no more than that. */
export class CcxtKeyProbe extends KeyProbe {
  /** Instances with a call under way, and how it ends; bounded by the callers. */
  private readonly asking = new Map<CcxtExchange, Promise<unknown>>();
  private hasEnded = false;

  /** By exchange; bounded by the exchanges that keys are of. */
  private readonly gates = new Map<string, RestGate>();

  constructor(private readonly context: Omit<SigningContext, 'gate'>) {
    super();
  }

  override async probe(exchange: string, credential: Credential, options: ProbeOptions = {}): Promise<KeyProbeResult> {
    const [unknown] = unknownExchanges([exchange]);
    if (unknown) return { ok: false, code: 'unknown', rawCode: null, message: `there is no exchange "${exchange}"` };
    if (this.hasEnded) return { ok: false, code: 'unknown', rawCode: null, message: 'not asked: the service stops' };
    const redact = redactor(credential);
    const instance = createSigned(exchange, credential, { ...this.context, gate: this.gate(exchange) });
    try {
      const isOurs = ownKey(credential, redact);
      const giveUp = (): void => void endRequests(instance);
      if (options.signal?.aborted) giveUp();
      options.signal?.addEventListener('abort', giveUp, { once: true });
      const address = credential.secret === null ? { address: credential.apiKey.reveal() } : {};
      const asker: Asker = { isOurs, nowMs: this.context.clock.nowMs(), ...address };
      const answer = this.ask(instance, redact, asker, options);
      this.asking.set(instance, answer);
      return await answer;
    } catch (error) {
      return { ok: false, ...classifyFailure(exchange, error, redact) };
    } finally {
      this.asking.delete(instance);
      await endRequests(instance);
    }
  }

  override async end(): Promise<void> {
    this.hasEnded = true;
    const answers = [...this.asking.values()];
    await Promise.all([...this.asking.keys()].map(endRequests));
    // Each call is told to the usage log before its answer is given up.
    await Promise.allSettled(answers);
  }

  private gate(exchange: string): RestGate {
    const gate = this.gates.get(exchange) ?? new RestGate(this.context.clock, () => undefined);
    this.gates.set(exchange, gate);
    return gate;
  }

  private async ask(
    instance: CcxtExchange,
    redact: (text: string) => string,
    asker: Asker,
    { usesSinceMs }: ProbeOptions,
  ): Promise<KeyProbeResult> {
    const reader = KEY_READERS[instance.id];
    if (!reader) {
      instance.setMarkets([]);
      await instance.fetchBalance();
      return { ok: true, facts: READ_ONLY_PROBE, unsupported: true };
    }
    const ask: Ask = async (endpoint, parameters) =>
      fields(redactAnswer(await callEndpoint(instance, endpoint, parameters), redact));
    const facts = await reader.read(ask, asker);
    if (!facts) {
      return { ok: false, code: 'unknown', rawCode: null, message: 'the answer about the key has an unknown shape' };
    }
    if (usesSinceMs === undefined || !reader.uses) return { ok: true, facts };
    const refused: string[] = [];
    const uses = await reader.uses(tolerant(ask, instance.id, redact, refused), usesSinceMs);
    const unknown = refused.length === 0 ? {} : { usesUnknown: refused };
    return { ok: true, facts: { ...facts, uses: [...(facts.uses ?? []), ...uses], ...unknown } };
  }
}

/**
 * Asks what was done on the account, where a refusal speaks of the question and not of the key: its own facts were told
 * just before. What was not told is noted, and answered with nothing.
 */
function tolerant(ask: Ask, exchange: string, redact: (text: string) => string, refused: string[]): Ask {
  return async (endpoint, parameters) => {
    try {
      return await ask(endpoint, parameters);
    } catch (error) {
      refused.push(`${endpoint}: ${classifyFailure(exchange, error, redact).code}`);
      return {};
    }
  };
}
