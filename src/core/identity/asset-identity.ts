import type { IdentityEvent } from '../input/market-event.js';
import { companyOf } from '../market/exchange-company.js';
import type { IdentityEntry, IdentityEvidence } from '../market/identity-entry.js';
import type { ExchangeId } from '../market/instrument.js';
import type { TransferDesk } from '../transfer/transfer-desk.js';
import type { IdentityRules } from './identity-rules.js';
import { PriceRatio } from './price-ratio.js';

/** A ticker on an exchange. */
export interface Ticker {
  readonly exchange: ExchangeId;
  /** As the exchange writes it, multiplier included. */
  readonly base: string;
  /** Without multiplier; equal for both sides of a question. */
  readonly asset: string;
}

/** What is held of two tickers. */
export interface IdentityVerdict {
  /** What proves that they are one asset; null while nothing does. */
  readonly proof: IdentityEvidence | null;
  /** In words, for people. */
  readonly reason: string;
}

interface Decision {
  readonly verdict: 'allow' | 'deny';
  readonly evidence: string;
  readonly atMs: number;
}

const NO_EVIDENCE: IdentityVerdict = {
  proof: null,
  reason:
    'nothing proves that both exchanges mean one asset: no common contract, no price ratio that held, not allowed',
};

/**
 * Holds what proves that two exchanges mean the same asset by one ticker. In this order: a person's decision, one
 * company's listings, the allow list, contract addresses, a price ratio that held. Bounded by pairs of watched tickers.
 */
export class AssetIdentity {
  private readonly allowed: ReadonlySet<string>;
  private readonly decisions = new Map<string, Decision & Pick<IdentityEvent, 'asset' | 'exchanges'>>();
  private readonly ratios = new Map<string, PriceRatio>();

  /**
   * @param rules - What proves.
   * @param transfers - Where contract addresses are known.
   */
  constructor(
    private readonly rules: IdentityRules,
    private readonly transfers: TransferDesk,
  ) {
    this.allowed = new Set(rules.allow);
  }

  /**
   * Takes a person's decision, or takes it back.
   *
   * @param event - The decision.
   */
  decide({ verdict, asset, exchanges, evidence, atMs }: IdentityEvent): void {
    const key = decisionKey(asset, exchanges);
    if (verdict === 'clear') this.decisions.delete(key);
    else this.decisions.set(key, { verdict, evidence, atMs, asset, exchanges });
  }

  /**
   * @param a - One ticker.
   * @param b - The other, of the same asset code.
   * @returns What is held of them.
   */
  judge(a: Ticker, b: Ticker): IdentityVerdict {
    return this.byWord(a, b) ?? this.byContract(a, b) ?? this.byRatio(a, b) ?? NO_EVIDENCE;
  }

  /**
   * @param a - One ticker.
   * @param b - The other.
   * @returns True while samples of their prices may still prove something.
   */
  wantsRatio(a: Ticker, b: Ticker): boolean {
    const word = this.byWord(a, b) ?? this.byContract(a, b);
    return (word?.proof ?? null) === null;
  }

  /**
   * @param a - One ticker.
   * @param b - The other.
   * @returns The ratio of their prices, which takes samples from now on; the same one whenever it is asked for.
   */
  ratioOf(a: Ticker, b: Ticker): PriceRatio {
    const key = pairKey(a, b);
    let known = this.ratios.get(key);
    if (!known) this.ratios.set(key, (known = new PriceRatio(this.rules)));
    return known;
  }

  /** @returns What persons and the settings decided. */
  decided(): IdentityEntry[] {
    const evidence = 'detection.identity.allow';
    const settings = [...this.allowed].map((asset): IdentityEntry => ({
      asset,
      exchanges: null,
      verdict: 'allow',
      source: 'settings',
      evidence,
      atMs: 0,
    }));
    const people = [...this.decisions.values()].map((each): IdentityEntry => ({ ...each, source: 'person' }));
    return [...settings, ...people];
  }

  /**
   * @param a - One ticker.
   * @param b - The other.
   * @returns What was learnt of them, null where nothing was.
   */
  learnt(a: Ticker, b: Ticker): IdentityEntry | null {
    const contract = this.byContract(a, b);
    const ratio = this.ratios.get(pairKey(a, b));
    const word = contract ?? (ratio?.verdict === 'unproven' ? null : this.byRatio(a, b));
    if (!word) return null;
    const exchanges: [ExchangeId, ExchangeId] =
      a.exchange < b.exchange ? [a.exchange, b.exchange] : [b.exchange, a.exchange];
    const verdict = word.proof === null ? 'deny' : 'allow';
    return {
      asset: a.asset,
      exchanges,
      verdict,
      source: 'learnt',
      evidence: word.reason,
      atMs: ratio?.verdictAtMs ?? 0,
    };
  }

  // What is known beforehand, without having looked at the markets.
  private byWord(a: Ticker, b: Ticker): IdentityVerdict | null {
    const decision = this.decisionOn(a, b);
    if (decision) return { proof: decision.verdict === 'allow' ? 'allowed' : null, reason: decision.evidence };
    if (companyOf(a.exchange) === companyOf(b.exchange)) {
      return { proof: 'same_company', reason: 'both markets belong to one company' };
    }
    if (!this.allowed.has(a.asset)) return null;
    return { proof: 'allowed', reason: `${a.asset} is on the allow list of the settings` };
  }

  private decisionOn(a: Ticker, b: Ticker): Decision | undefined {
    if (this.decisions.size === 0) return undefined;
    return (
      this.decisions.get(decisionKey(a.asset, [a.exchange, b.exchange])) ??
      this.decisions.get(decisionKey(a.asset, null))
    );
  }

  private byContract(a: Ticker, b: Ticker): IdentityVerdict | null {
    const found = this.transfers.compare(a.exchange, a.base, b.exchange, b.base);
    if (!found) return null;
    const { isSame, network, contracts } = found;
    if (isSame) return { proof: 'contract', reason: `one contract on ${network}: ${contracts[0]}` };
    const told = `${contracts[0]} on ${a.exchange}, ${contracts[1]} on ${b.exchange}`;
    return { proof: null, reason: `two contracts on ${network}: ${told}` };
  }

  private byRatio(a: Ticker, b: Ticker): IdentityVerdict | null {
    const known = this.ratios.get(pairKey(a, b));
    if (!known) return null;
    const { ratio, verdict, heldMs } = known;
    const held = `price ratio ${ratio.toPrecision(6)}`;
    const seconds = Math.round(this.rules.ratioHoldMs / 1_000);
    if (verdict === 'proven') return { proof: 'price_ratio', reason: `${held}: within bounds for ${seconds} s` };
    if (verdict === 'denied') return { proof: null, reason: `${held}: out of bounds for ${seconds} s` };
    return { proof: null, reason: `${held}: held for ${Math.round(heldMs / 1_000)} s of ${seconds} s` };
  }
}

function decisionKey(asset: string, exchanges: readonly [ExchangeId, ExchangeId] | null): string {
  return exchanges === null ? asset : `${asset} ${[...exchanges].sort().join(' ')}`;
}

function pairKey(a: Ticker, b: Ticker): string {
  const [first, second] = a.exchange < b.exchange ? [a, b] : [b, a];
  return `${first.exchange}:${first.base} ${second.exchange}:${second.base}`;
}
