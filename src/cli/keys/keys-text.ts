import type { AuditView, Compromised, KeyView } from '../../keys/index.js';
import { commandText } from '../../platform/config/index.js';

/** Renders keys as a table for people, each followed by its findings and what to do about them. */
export function keysText(keys: readonly KeyView[]): string {
  if (keys.length === 0) {
    return `no keys are stored; add one with: ${commandText('keys add EXCHANGE --label NAME')}\n`;
  }
  const header = ['ID', 'EXCHANGE', 'LABEL', 'ACCOUNT', 'PURPOSES', 'HEALTH', 'CHECKED'];
  const rows = keys.map((key) => [
    key.id.slice(0, 8),
    key.exchange,
    plain(key.label),
    plain(key.account),
    key.purposes.join(','),
    key.state === 'active' ? key.health : key.state,
    key.lastCheckedAtMs === null ? 'not yet' : timeText(key.lastCheckedAtMs),
  ]);
  const widths = header.map((title, column) =>
    Math.max(...[header, ...rows].map((row) => (row[column] ?? title).length)),
  );
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return [line(header), ...keys.flatMap((key, i) => [line(rows[i] ?? []), ...findingLines(key)])]
    .join('\n')
    .concat('\n');
}

function findingLines({ findings }: KeyView): string[] {
  return findings.flatMap(({ code, severity, seen, remedy, url, guide }) => [
    `  ${severity === 'info' ? '·' : '!'} ${code} (${severity}): ${plain(seen)}`,
    `      ${remedy}${url === null ? '' : `: ${url}`}${guide === undefined ? '' : ` (${guide})`}`,
  ]);
}

/** Renders lines of the audit for people, as they come. */
export function auditText(lines: readonly AuditView[]): string {
  if (lines.length === 0) return 'no line of the audit fits\n';
  return lines
    .map(({ sequence, atMs, actor, action, keyId, detail }) => {
      const place = String(sequence ?? '-').padStart(6);
      const who = plain(actor);
      return `${place}  ${timeText(atMs)}  ${action.padEnd(18)}  ${keyId?.slice(0, 8) ?? '-'.padEnd(8)}  ${who}  ${plain(JSON.stringify(detail))}\n`;
    })
    .join('');
}

/** Renders what was done about leaked keys, and what their owner must do now. */
export function compromisedText(keys: readonly Compromised[], already: readonly KeyView[]): string {
  const blocks = keys.map(compromisedBlock);
  const known = already.map(
    ({ id, exchange, label }) => `${id.slice(0, 8)} ${exchange} ${plain(label)}: marked before`,
  );
  if (blocks.length + known.length === 0) return 'there is no such key; nothing was changed\n';
  return [...blocks, ...known].join('\n').concat('\n');
}

function compromisedBlock({ key, wasCompromised, shredding, deletion, timeline }: Compromised): string {
  const head = `${key.id.slice(0, 8)} ${key.exchange} ${plain(key.label)}: ${wasCompromised ? 'was marked before' : 'signs nothing any more'}`;
  const shredded =
    shredding === 'done'
      ? 'its sealed secret is shredded'
      : 'its sealed secret could not be shredded yet: the database is away, and it is tried again until it is done';
  const steps = deletion.steps.map((step, i) => `  ${i + 1}. ${plain(step)}`);
  return [`${head}; ${shredded}`, ...steps, ...timelineLines(timeline)].join('\n').concat('\n');
}

function timelineLines(timeline: Compromised['timeline']): string[] {
  if (timeline === null) return ['  its timeline could not be read now'];
  const { hours, calls, audit } = timeline;
  return [
    `  calls by the hour (UTC), last seven days${hours.length === 0 ? ': none' : ''}`,
    ...hours.map(({ hourMs, calls: n, outcomes }) => {
      const ended = Object.entries(outcomes).map(([outcome, count]) => `${outcome} ${count}`);
      return `    ${timeText(hourMs).slice(0, 16)}  ${n} calls: ${ended.join(', ')}`;
    }),
    `  last calls${calls.length === 0 ? ': none' : ''}`,
    ...calls.map(({ atMs, method, path, outcome }) => `    ${timeText(atMs)}  ${outcome}  ${method} ${plain(path)}`),
    '  what was done to it here',
    ...audit.map(({ atMs, action, actor }) => `    ${timeText(atMs)}  ${action}  ${plain(actor)}`),
  ];
}

/** A time to the second, UTC. */
export function timeText(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 19).concat('Z');
}

/** Text that an exchange or an owner wrote may hold control characters, which a terminal would obey. */
export function plain(text: string): string {
  return text.replace(/\p{Cc}/gu, '\uFFFD');
}
