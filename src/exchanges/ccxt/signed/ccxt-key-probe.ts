import type { Credential, KeyFacts, KeyProbeResult } from '../../contract/ports.js';
import { KeyProbe } from '../../contract/ports.js';
import { unknownExchanges } from '../instance/catalogue.js';
import { RestGate } from '../../supervision/rest-gate.js';
import { callEndpoint, type CcxtExchange, endRequests } from '../instance/ccxt-instance.js';
import { classifyFailure } from '../key-errors/classify.js';
import { fields } from '../key-info/key-reader.js';
import { KEY_READERS } from '../key-info/key-readers.js';
import { redactor } from './redactor.js';
import { createSigned, type SigningContext } from './signed-instance.js';

const READ_ONLY_PROBE: KeyFacts = {
  scopes: { read: true, trade: null, withdraw: null, transfer: null },
  ipRestricted: null,
  ipList: null,
  createdAtMs: null,
  expiresAtMs: null,
  lastUsedAtMs: null,
  label: null,
  evidence: { read: 'a read of the balance was answered' },
};

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

  override async probe(exchange: string, credential: Credential): Promise<KeyProbeResult> {
    const [unknown] = unknownExchanges([exchange]);
    if (unknown) return { ok: false, code: 'unknown', rawCode: null, message: `there is no exchange "${exchange}"` };
    if (this.hasEnded) return { ok: false, code: 'unknown', rawCode: null, message: 'not asked: the service stops' };
    const redact = redactor(credential);
    const instance = createSigned(exchange, credential, { ...this.context, gate: this.gate(exchange) });
    try {
      const answer = this.ask(instance, redact);
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

  private async ask(instance: CcxtExchange, redact: (text: string) => string): Promise<KeyProbeResult> {
    const reader = KEY_READERS[instance.id];
    if (!reader) {
      instance.setMarkets([]);
      await instance.fetchBalance();
      return { ok: true, facts: READ_ONLY_PROBE, unsupported: true };
    }
    const facts = reader.read(fields(await callEndpoint(instance, reader.endpoint)));
    if (facts) return { ok: true, facts: redacted(facts, redact) };
    return { ok: false, code: 'unknown', rawCode: null, message: 'the answer about the key has an unknown shape' };
  }
}

// The facts are picked field by field, yet an exchange might echo a key in a name.
function redacted(facts: KeyFacts, redact: (text: string) => string): KeyFacts {
  const evidence = Object.fromEntries(Object.entries(facts.evidence).map(([name, seen]) => [name, redact(seen)]));
  return { ...facts, label: facts.label === null ? null : redact(facts.label), evidence };
}
