import type { ExchangeId } from '../core/market/instrument.js';
import { subjectToken } from '../platform/nats/index.js';

/** Every subject and bucket of the service begins so; one NATS account serves one desk. */
const PREFIX = 'crossbook';

/** JetStream stream of what detectors find: `opportunity.ASSET`, in the order in which the owner of the asset told it. */
export const OPPORTUNITIES = 'CROSSBOOK_OPPORTUNITIES';
/** JetStream stream of what is only recorded: refusals by minute, spreads by second. */
export const RECORDS = 'CROSSBOOK_RECORDS';
/** JetStream stream of states, the newest of each subject: exchanges, keys, the recorder, symbols, decisions of people. */
export const STATES = 'CROSSBOOK_STATES';
/** KV bucket: who lives. */
export const MEMBERS = 'crossbook_members';
/** KV bucket: who owns which exchange and asset, and how far the recorder is. */
export const CLAIMS = 'crossbook_claims';

/** What a state is about: one subject each. */
export type StateKind = 'exchange' | 'key' | 'recorder' | 'symbols' | 'identity' | 'credentials';

/** The subjects, each written in one place. `*` stands for any where an argument is left out. */
export const subjects = {
  /** Core: every change of a book, by the collector that owns its exchange. */
  book: (exchange: ExchangeId | null, asset: string | null, symbol: string | null): string =>
    [PREFIX, 'book', tokenOf(exchange), tokenOf(asset), tokenOf(symbol)].join('.'),
  /** Core: all else that a collector tells of an exchange, and its beat. */
  exchange: (exchange: ExchangeId | null): string => `${PREFIX}.exchange.${tokenOf(exchange)}`,
  /** Core: asks the collector of an exchange to tell some books, and what else it knows, anew. */
  again: (exchange: ExchangeId | null): string => `${PREFIX}.again.${tokenOf(exchange)}`,
  /** Core, answered: what time it is at a member. */
  clock: (member: string | null): string => `${PREFIX}.clock.${tokenOf(member)}`,
  /** Core: refusals that a detector counted, each second. */
  refusals: (member: string | null): string => `${PREFIX}.refusals.${tokenOf(member)}`,
  /** Core: asks every detector to tell all its counts anew. */
  refusalsAgain: `${PREFIX}.refusals-again`,
  /** Core: signed calls of a collector, as the usage log keeps them, so that a refused one is noticed at once. */
  signedCalls: (member: string | null): string => `${PREFIX}.signed-calls.${tokenOf(member)}`,
  /** Core, answered by the owner of the asset alone: what stands between a route and an opportunity. */
  explain: (asset: string | null): string => `${PREFIX}.explain.${tokenOf(asset)}`,
  /** Core, answered by each detector: what is held of tickers. */
  identities: (member: string | null): string => `${PREFIX}.identities.${tokenOf(member)}`,
  /** Stream {@link OPPORTUNITIES}. */
  opportunity: (asset: string | null): string => `${PREFIX}.opportunity.${tokenOf(asset)}`,
  /** Stream {@link RECORDS}. */
  record: (kind: 'refusals' | 'spreads' | null, member: string | null): string =>
    `${PREFIX}.record.${tokenOf(kind)}.${tokenOf(member)}`,
  /** Stream {@link STATES}. */
  state: (kind: StateKind | null, of: string | null): string => `${PREFIX}.state.${tokenOf(kind)}.${tokenOf(of)}`,
};

function tokenOf(text: string | null): string {
  return text === null ? '*' : subjectToken(text);
}
