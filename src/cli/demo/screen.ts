import type { Opportunity } from '../../core/opportunity/opportunity.js';
import type { Board } from './board.js';

const HEADER = ['', 'symbol', 'buy on', 'sell on', 'net bps', 'profit', 'notional', 'lives', 'since (UTC)'] as const;
const RIGHT_ALIGNED = new Set(['net bps', 'profit', 'notional', 'lives']);

function seconds(ms: number): string {
  return `${(Math.max(0, ms) / 1_000).toFixed(1)} s`;
}

function money(amount: number, currency: string): string {
  return `${amount.toFixed(2)} ${currency}`;
}

/** Where it is sold; with the symbol where that is another than the one bought. */
function sellingText({ symbol, legs: [, sell] }: Opportunity): string {
  if (!sell) return '';
  return sell.symbol === symbol ? sell.exchange : `${sell.exchange} ${sell.symbol}`;
}

function row(opportunity: Opportunity, nowMs: number): string[] {
  const [buy] = opportunity.legs;
  return [
    opportunity.state === 'open' ? '●' : '○',
    opportunity.symbol,
    buy?.exchange ?? '',
    sellingText(opportunity),
    opportunity.netBps.toFixed(2),
    money(opportunity.netProfit, opportunity.currency),
    money(opportunity.notional, opportunity.currency),
    seconds((opportunity.closedAtMs ?? nowMs) - opportunity.openedAtMs),
    new Date(opportunity.openedAtMs).toISOString().slice(11, 23),
  ];
}

/** Lines of a table with a header, columns as wide as their widest cell. */
function table(rows: readonly string[][]): string[] {
  const all = [[...HEADER], ...rows];
  const widths = HEADER.map((_, column) => Math.max(...all.map((cells) => (cells[column] ?? '').length)));
  return all.map((cells) =>
    cells
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return RIGHT_ALIGNED.has(HEADER[column] ?? '') ? cell.padStart(width) : cell.padEnd(width);
      })
      .join('  ')
      .trimEnd(),
  );
}

/** One line for a step in the life of an opportunity, for an output that is no terminal. */
export function eventLine(event: 'opened' | 'closed', opportunity: Opportunity): string {
  const route = `${opportunity.symbol} ${opportunity.legs[0]?.exchange ?? ''} → ${sellingText(opportunity)}`;
  if (event === 'opened') {
    const profit = money(opportunity.netProfit, opportunity.currency);
    return `opened  ${route}  ${opportunity.netBps.toFixed(2)} bps  ${profit} on ${money(opportunity.notional, opportunity.currency)}`;
  }
  const lived = seconds((opportunity.closedAtMs ?? opportunity.updatedAtMs) - opportunity.openedAtMs);
  return `closed  ${route}  ${opportunity.closeReason ?? ''} after ${lived}, peak ${opportunity.peakNetBps.toFixed(2)} bps`;
}

/** The whole screen of the demo as lines, for a terminal. */
export function screen(board: Board, nowMs: number, refused: number, footer: readonly string[]): string[] {
  const open = [...board.open.values()].sort((a, b) => b.netBps - a.netBps);
  const exchanges = [...board.exchanges.values()].map(
    (exchange) =>
      `${exchange.id} ${exchange.status}, ${exchange.messagesPerSecond.toFixed(0)}/s, ${exchange.integrity}`,
  );
  const keys = [...board.keys.values()].map((key) => {
    const codes = key.findings.map((finding) => finding.code).join(', ');
    return `${key.exchange} "${key.label}": ${key.health}${codes === '' ? '' : ` (${codes})`}`;
  });
  return [
    `crossbook demo   ${board.updates} book updates, ${board.opened} opened, ${board.closed} closed, ${refused} refused`,
    '',
    ...table([...open, ...board.recent].map((opportunity) => row(opportunity, nowMs))),
    ...(open.length + board.recent.length === 0 ? ['no spread has paid yet'] : []),
    '',
    `exchanges  ${exchanges.join(' · ')}`,
    ...keys.map((key, index) => `${index === 0 ? 'keys     ' : '         '}  ${key}`),
    '',
    ...footer,
  ];
}
