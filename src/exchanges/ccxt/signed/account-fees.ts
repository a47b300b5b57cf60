import type { Log } from '../../../platform/logging/index.js';
import type { CredentialSource } from '../../contract/ports.js';
import { Backoff } from '../../supervision/backoff.js';
import { type CcxtExchange, endRequests } from '../instance/ccxt-instance.js';
import { classifyFailure, isNotSupported } from '../key-errors/classify.js';
import { FEE_READERS, type TakerShares } from './fee-readers.js';
import { redactor } from './redactor.js';
import { createSigned, type SigningContext } from './signed-instance.js';

/** What the account's fees need around them. */
export interface FeesContext extends SigningContext {
  readonly credentials: CredentialSource;
  readonly log: Log;
  /** Tells the account's fee of a symbol, as a share of the notional. */
  readonly found: (symbol: string, taker: number) => void;
  /** Tells that no key speaks for the account any more. */
  readonly lost: () => void;
}

const REFRESH_EVERY_MS = 3_600_000;
const RETRY = { baseMs: 5_000, capMs: 900_000, stableAfterMs: 60_000 };
/** After these refusals the key is not tried again before it changes or an hour has passed. */
const FINAL = new Set(['revoked', 'wrong_secret', 'wrong_passphrase', 'ip_refused', 'missing_permission', 'expired']);

/**
 * Keeps the account's own taker fees of one exchange: read when a key is there, each hour, and when the key changes.
 * One reading at a time; a newer key ends the reading with the older one.
 */
export class AccountFees {
  private readonly backoff = new Backoff(RETRY);
  private timer: NodeJS.Timeout | undefined;
  private generation = 0;
  private isStopped = false;
  private asking: CcxtExchange | null = null;
  /** The key whose account the told fees are of. */
  private keyId: string | null = null;
  private reading: Promise<unknown> = Promise.resolve();

  /**
   * @param market - The keyless instance, whose metadata is shared so that a key never loads any.
   * @param symbols - Gives the symbols that are listed now.
   * @param context - What it needs around it.
   */
  constructor(
    private readonly market: CcxtExchange,
    private readonly symbols: () => readonly string[],
    private readonly context: FeesContext,
  ) {}

  /** Reads the fees with the key that holds now; called at the start and when the key changed. */
  refresh(): void {
    if (this.isStopped) return;
    const before = this.giveUp();
    this.reading = Promise.all([before, this.read(this.generation)]);
  }

  /** Gives up the reading under way and reads no more; resolves when its last call is told to the usage log. */
  async stop(): Promise<void> {
    this.isStopped = true;
    await Promise.all([this.giveUp(), this.reading]);
  }

  private async giveUp(): Promise<void> {
    this.generation += 1;
    clearTimeout(this.timer);
    const { asking } = this;
    this.asking = null;
    if (asking) await endRequests(asking);
  }

  private async read(generation: number): Promise<void> {
    const { credentials, log, clock, lost } = this.context;
    const exchange = this.market.id;
    let redact = (text: string): string => text;
    try {
      const credential = await credentials.credential(exchange, 'fees');
      if (generation !== this.generation) return;
      if (!credential) {
        lost();
        return;
      }
      // Another key may be another account: its fees are not those of the one before, not even for a moment.
      if (credential.keyId !== this.keyId) lost();
      this.keyId = credential.keyId;
      redact = redactor(credential);
      const keyed = createSigned(exchange, credential, this.context);
      keyed.setMarketsFromExchange(this.market);
      this.asking = keyed;
      await this.ask(keyed, generation).finally(() => endRequests(keyed));
      if (generation !== this.generation) return;
      this.backoff.succeeded(clock.nowMs());
      this.again(generation, REFRESH_EVERY_MS);
    } catch (error) {
      if (generation !== this.generation) return;
      const failure = classifyFailure(exchange, error, redact);
      log.warn('account fees could not be read', { exchange, code: failure.code, reason: failure.message });
      const isFinal = FINAL.has(failure.code);
      if (isFinal) lost();
      this.again(generation, isFinal ? REFRESH_EVERY_MS : this.backoff.failed(clock.nowMs()));
    }
  }

  private async ask(keyed: CcxtExchange, generation: number): Promise<void> {
    const fees = await this.askAll(keyed);
    for (const symbol of this.symbols()) {
      let taker = fees[symbol];
      if (taker === undefined && keyed.has['fetchTradingFee'] === true) {
        taker = (await keyed.fetchTradingFee(symbol)).taker;
      }
      if (generation !== this.generation) return;
      if (taker !== undefined && Number.isFinite(taker)) this.context.found(symbol, taker);
    }
  }

  private async askAll(keyed: CcxtExchange): Promise<TakerShares> {
    const reader = FEE_READERS[keyed.id];
    if (reader) {
      const symbols = this.symbols();
      const markets = Object.values(await keyed.loadMarkets());
      return reader(
        keyed,
        markets.filter(({ symbol }) => symbols.includes(symbol)),
      );
    }
    if (keyed.has['fetchTradingFees'] !== true) return {};
    try {
      const fees = await keyed.fetchTradingFees();
      return Object.fromEntries(
        Object.entries(fees).flatMap(([symbol, { taker }]) => (taker === undefined ? [] : [[symbol, taker]])),
      );
    } catch (error) {
      // Some answer for all markets of a kind only one by one.
      if (isNotSupported(error)) return {};
      throw error;
    }
  }

  private again(generation: number, delayMs: number): void {
    this.timer = setTimeout(() => {
      if (generation === this.generation) this.refresh();
    }, delayMs);
  }
}
