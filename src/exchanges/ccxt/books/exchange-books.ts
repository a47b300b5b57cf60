import { keptLevels } from '../../books/kept-levels.js';
import { chunks, type CodecKind, type CodecMarket, type KeptAddress, type RestSnapshot } from '../codecs/codec.js';
import { callEndpoint, type CcxtExchange } from '../instance/ccxt-instance.js';
import { exchangeHost, hostAndPath, throughGateway } from '../instance/gateway.js';
import type { MarketPlan } from '../market-plan.js';
import { BookSession } from './book-session.js';
import { GenericBooks, type GenericContext, type GenericMarket } from './generic-books.js';
import type { SessionContext } from './session-context.js';

/** What the books of an exchange need around them. */
export interface ExchangeBooksContext
  extends
    Omit<GenericContext, 'host' | 'depth'>,
    Pick<SessionContext, 'dialFailed' | 'enforcesSequence' | 'maxQuietMs'> {
  readonly kind: CodecKind | undefined;
  readonly gateway: string | undefined;
  /** Levels per side that are promised. */
  readonly bookDepth: number;
}

/**
 * All books of one exchange, kept to what its list of markets says: what is listed is opened, what no longer is is given
 * up, and no other book notices. Sockets are bounded by the watched symbols.
 */
export class ExchangeBooks {
  private sessions: BookSession[] = [];
  private generic: GenericBooks | null = null;
  /** Snapshots under way, by the exchange's id of the market; bounded by the watched symbols. */
  private readonly fetches = new Map<string, Promise<RestSnapshot>>();

  constructor(private readonly context: ExchangeBooksContext) {}

  /** Opens and gives up books so that they are those of the plan. */
  follow(plan: MarketPlan): void {
    if (this.context.kind) this.followProven(this.context.kind, plan.proven);
    this.followGeneric(plan.generic);
  }

  /** Judges silence; called a few times a second. */
  tick(nowMs: number): void {
    for (const session of this.sessions) session.tick(nowMs);
    this.generic?.tick(nowMs);
  }

  /** Closes every socket of its own; those of ccxt are closed with the instance. */
  stop(): void {
    for (const session of this.sessions) session.stop();
    this.generic?.stop();
  }

  // Added markets get sockets of their own: a frame more on a running one could cost the books that it carries.
  private followProven(kind: CodecKind, wanted: readonly CodecMarket[]): void {
    const byLine = new Map(wanted.map((market) => [market.line, market]));
    for (const session of this.sessions) {
      session.drop(session.markets.filter((market) => !isSame(market, byLine.get(market.line))));
    }
    this.sessions = this.sessions.filter((session) => session.markets.length > 0);
    const carried = new Set(this.sessions.flatMap((session) => session.markets.map(({ line }) => line)));
    const added = wanted.filter(({ line }) => !carried.has(line));
    for (const part of chunks(added, kind.marketsPerSocket)) {
      const session = new BookSession(this.sessionContext(kind), part);
      this.sessions.push(session);
      session.start();
    }
  }

  private followGeneric(wanted: readonly GenericMarket[]): void {
    if (!this.generic && wanted.length === 0) return;
    const { bookDepth, gateway, exchange, monitor } = this.context;
    monitor.integrity = 'unverified';
    this.generic ??= new GenericBooks({ ...this.context, host: exchangeHost(exchange, gateway), depth: bookDepth });
    const known = this.generic.markets;
    this.generic.drop(known.filter((market) => !wanted.some((other) => isSameGeneric(market, other))));
    this.generic.add(wanted.filter((market) => !known.some((other) => isSameGeneric(market, other))));
  }

  private sessionContext(kind: CodecKind): SessionContext {
    const { gateway, bookDepth, exchange } = this.context;
    return {
      ...this.context,
      kind,
      address: () => this.address(kind),
      hostOf: (address) => hostAndPath(address.replace(/^ws/, 'http'), gateway).host,
      host: exchangeHost(exchange, gateway),
      fedDepth: kind.fedDepth(bookDepth),
      fetchSnapshot: (id) => this.fetchSnapshot(kind, id),
    };
  }

  private async address({ address }: CodecKind): Promise<string> {
    const { exchange, gateway } = this.context;
    if ('at' in address) return exchange.implodeHostname(keptAddress(exchange, address));
    const asked = address.read(await callEndpoint(exchange, address.endpoint));
    if (asked === null) throw new Error(`${exchange.id} gave no address of a socket`);
    return gateway === undefined ? asked : throughGateway(asked, gateway);
  }

  // A socket that fell and came back asks again for what may still wait for its turn: one request serves both.
  private fetchSnapshot(kind: CodecKind, id: string): Promise<RestSnapshot> {
    const underWay = this.fetches.get(id);
    if (underWay) return underWay;
    const fetch = this.readSnapshot(kind, id).finally(() => this.fetches.delete(id));
    this.fetches.set(id, fetch);
    return fetch;
  }

  private async readSnapshot({ snapshots }: CodecKind, id: string): Promise<RestSnapshot> {
    const { exchange, bookDepth } = this.context;
    if (!snapshots) throw new Error(`${exchange.id} streams its snapshots`);
    const answer = await callEndpoint(exchange, snapshots.endpoint, snapshots.parameters(id, keptLevels(bookDepth)));
    const snapshot = snapshots.read(answer);
    if (!snapshot) throw new Error('the snapshot has an unknown shape');
    return snapshot;
  }
}

/** A market whose id or decimals changed is another one to its codec. */
function isSame(market: CodecMarket, now: CodecMarket | undefined): boolean {
  return (
    market.id === now?.id && market.priceDecimals === now.priceDecimals && market.sizeDecimals === now.sizeDecimals
  );
}

/** A contract whose size changed has other amounts in its book. */
function isSameGeneric(market: GenericMarket, other: GenericMarket): boolean {
  const [unit, now] = [market.unit, other.unit];
  return market.line === other.line && unit.factor === now.factor && unit.isInverse === now.isInverse;
}

function keptAddress(exchange: CcxtExchange, { at, suffix }: KeptAddress): string {
  const address = at.reduce<unknown>((tree, key) => (tree as Record<string, unknown>)[key], exchange.urls.api);
  return `${String(address)}${suffix}`;
}
