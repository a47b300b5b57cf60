import type { KeyView } from '../keys/index.js';

/** Renders keys as a table for people, each followed by its findings and what to do about them. */
export function keysText(keys: readonly KeyView[]): string {
  if (keys.length === 0) return 'no keys are stored; add one with: npm run keys -- add EXCHANGE --label NAME\n';
  const header = ['ID', 'EXCHANGE', 'LABEL', 'ACCOUNT', 'PURPOSES', 'HEALTH', 'CHECKED'];
  const rows = keys.map((key) => [
    key.id.slice(0, 8),
    key.exchange,
    plain(key.label),
    plain(key.account),
    key.purposes.join(','),
    key.health,
    key.lastCheckedAtMs === null ? 'not yet' : new Date(key.lastCheckedAtMs).toISOString().slice(0, 19).concat('Z'),
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
  return findings.flatMap(({ code, severity, seen, remedy, url }) => [
    `  ${severity === 'info' ? '·' : '!'} ${code} (${severity}): ${plain(seen)}`,
    `      ${remedy}${url === null ? '' : `: ${url}`}`,
  ]);
}

// What an exchange or an owner wrote may hold control characters, which a terminal would obey.
function plain(text: string): string {
  return text.replace(/\p{Cc}/gu, '\uFFFD');
}
