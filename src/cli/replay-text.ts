import type { ReplayReport } from '../capture/index.js';

/** How fast a replay went, where that is asked for. */
export interface ReplaySpeed {
  readonly elapsedMs: number;
  /** Of all threads of the process. */
  readonly cpuMs: number;
}

/** A replay in a few lines for people; the same lines for the same decisions, unless the speed is asked for. */
export function replayText(report: ReplayReport, speed: ReplaySpeed | null): string {
  const { header, entries, updates, opened, updated, closed, refused, spreads, isWhole, sha256 } = report;
  const lines = [
    `capture   ${header.source}, epoch ${header.epoch}, written ${new Date(header.createdAtMs).toISOString()} by ${header.product}`,
    ...header.assumptions.map((assumption) => `assumed   ${assumption}`),
    `read      ${entries} entries, ${updates} of them book updates${isWhole ? '' : '; TRUNCATED: it has no end'}`,
    `decided   ${opened} opened, ${updated} updated, ${counts(closed, 'closed')}`,
    `refused   ${counts(refused, 'times')}`,
    `spreads   ${spreads} seconds of routes`,
    `sha256    ${sha256}`,
  ];
  if (speed) lines.push(`speed     ${speedText(updates, speed)}`);
  return `${lines.join('\n')}\n`;
}

function counts(byReason: Readonly<Partial<Record<string, number>>>, word: string): string {
  const entries = Object.entries(byReason).sort(([a], [b]) => (a < b ? -1 : 1));
  const total = entries.reduce((sum, [, count = 0]) => sum + count, 0);
  const parts = entries.map(([reason, count = 0]) => `${reason} ${count}`);
  return parts.length === 0 ? `0 ${word}` : `${total} ${word} (${parts.join(', ')})`;
}

function speedText(updates: number, { elapsedMs, cpuMs }: ReplaySpeed): string {
  const perSecond = (ms: number): string => Math.round((updates * 1_000) / ms).toLocaleString('en-US');
  return `${(elapsedMs / 1_000).toFixed(1)} s, ${perSecond(elapsedMs)} updates/s, ${perSecond(cpuMs)} per second of CPU`;
}
