import type { JSX } from 'preact';
import type { LegBook, OpportunityLeg } from '../../../../src/core/opportunity/opportunity.js';
import { figure } from '../../format.js';
import { HeadRow, numbers } from '../../parts/head-row.js';
import { type Levels, sharesOf } from './walk.js';

const SHOWN = 12;

interface Side {
  readonly name: 'bids' | 'asks';
  readonly levels: Levels;
  /** Of each level, how much is taken. */
  readonly shares: readonly number[];
  readonly most: number;
}

function Level({ side, rank }: { side: Side; rank: number }): JSX.Element {
  const [price, size] = side.levels[rank] ?? [NaN, NaN];
  const share = side.shares[rank] ?? 0;
  return (
    <tr class={`${side.name} ${share > 0 ? 'is-paying' : ''}`} style={{ '--depth': `${(100 * size) / side.most}%` }}>
      <td class="num price">{figure(price)}</td>
      <td class="num">{figure(size)}</td>
      <td class="num share">{share >= 1 ? 'all' : share > 0 ? `${Math.round(share * 100)} %` : ''}</td>
    </tr>
  );
}

/** The book of one leg: asks over bids, the part that pays coloured and told in words. */
export function BookLadder({
  book,
  leg,
  unit,
  size,
}: {
  book: LegBook;
  leg: OpportunityLeg;
  /** Units of the asset in one unit of the base. */
  unit: number;
  /** What is traded, units of the asset. */
  size: number;
}): JSX.Element {
  const taken = leg.side === 'buy' ? 'asks' : 'bids';
  const sideOf = (name: 'bids' | 'asks'): Side => {
    const levels = book[name].slice(0, SHOWN);
    const shares = name === taken ? sharesOf(book[name], unit, size) : [];
    return { name, levels, shares, most: Math.max(...levels.map(([, offered]) => offered), Number.MIN_VALUE) };
  };
  const [asks, bids] = [sideOf('asks'), sideOf('bids')];
  return (
    <table class="data ladder" data-side={leg.side} aria-label={`Book of ${book.symbol} on ${book.exchange}`}>
      <caption>
        <span class={leg.side}>{leg.side === 'buy' ? 'Buy on' : 'Sell on'}</span> {book.exchange}{' '}
        <span class="dim">{book.symbol}</span>
      </caption>
      <HeadRow columns={[numbers('Price'), numbers('Size'), numbers('Taken')]} />
      <tbody>
        {asks.levels.map((_, index) => {
          const rank = asks.levels.length - 1 - index;
          return <Level key={`a${rank}`} side={asks} rank={rank} />;
        })}
      </tbody>
      <tbody>
        {bids.levels.map((_, rank) => (
          <Level key={`b${rank}`} side={bids} rank={rank} />
        ))}
      </tbody>
    </table>
  );
}
