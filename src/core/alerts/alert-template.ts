/** What a rule may be about. */
export const ALERT_KINDS = ['opportunity', 'keyFinding', 'exchangeDown', 'silence'] as const;

/** What an alert is about. */
export type AlertKind = (typeof ALERT_KINDS)[number];

/** How much an alert matters, least first. */
export const SEVERITIES = ['info', 'warning', 'critical'] as const;

/** How much an alert matters. */
export type Severity = (typeof SEVERITIES)[number];

/** Values of an alert by the names of its placeholders, ready to be shown. */
export type AlertFields = Readonly<Record<string, string>>;

/** Longest text of an alert, UTF-16 units; what a target takes may be less. */
export const MAX_ALERT_TEXT = 8_000;

const EVERYWHERE = ['rule', 'severity', 'time'];

/** The placeholders that a template of each kind may hold. */
export const ALERT_FIELDS: Readonly<Record<AlertKind, readonly string[]>> = {
  opportunity: [
    ...EVERYWHERE,
    ...['symbol', 'kind', 'routeId', 'buyExchange', 'sellExchange', 'buyPrice', 'sellPrice', 'size', 'netBps'],
    ...['grossBps', 'netProfit', 'currency', 'notional', 'notionalUsd', 'duration', 'standing', 'opportunityId'],
  ],
  keyFinding: [...EVERYWHERE, 'exchange', 'label', 'account', 'keyId', 'health', 'code', 'seen', 'remedy'],
  exchangeDown: [...EVERYWHERE, 'exchange', 'status', 'duration', 'since', 'reason'],
  silence: [...EVERYWHERE, 'duration', 'since'],
};

/** What is said where a rule has no template of its own; the first line is the subject of a mail. */
export const DEFAULT_TEMPLATES: Readonly<Record<AlertKind, string>> = {
  opportunity:
    '{{symbol}}: {{netBps}} bps net, buy on {{buyExchange}}, sell on {{sellExchange}}\n' +
    'profit {{netProfit}} {{currency}} on {{notional}} {{currency}} ({{notionalUsd}} USD)\n' +
    'buy at {{buyPrice}}, sell at {{sellPrice}}, size {{size}}, open for {{duration}} ({{time}})',
  keyFinding:
    '{{severity}}: {{code}} on the {{exchange}} key "{{label}}"\nseen: {{seen}}\nwhat to do: {{remedy}} ({{time}})',
  exchangeDown: '{{exchange}} is {{status}} for {{duration}}\nsince {{since}}: {{reason}}',
  silence: 'no opportunity for {{duration}}\nthe last one that this rule looks for was seen at {{since}}',
};

const PLACEHOLDER = /\{\{\s*([^{}]*?)\s*\}\}/g;

/**
 * Says what is wrong with a template.
 *
 * @param template - Text with `{{field}}` placeholders.
 * @param kind - What its rule is about.
 * @returns The problem and the remedy; null where there is none.
 */
export function templateProblem(template: string, kind: AlertKind): string | null {
  const known = ALERT_FIELDS[kind];
  const unknown = [...template.matchAll(PLACEHOLDER)]
    .map(([, name = '']) => name)
    .find((name) => !known.includes(name));
  if (unknown !== undefined) return `must not hold {{${unknown}}}; known are ${known.join(', ')}`;
  const rest = template.replace(PLACEHOLDER, '');
  return /\{\{|\}\}/.test(rest) ? 'must close each {{ with }} around one name' : null;
}

/**
 * Puts values in the places of placeholders. A value is one line and never read as a template itself.
 *
 * @param template - A template without problems.
 * @param fields - A value for each of its placeholders; a missing one is shown as `?`.
 * @returns The text, cut to its bound.
 */
export function renderTemplate(template: string, fields: AlertFields): string {
  const text = template.replace(PLACEHOLDER, (_, name: string) => oneLine(fields[name] ?? '?'));
  return cut(storable(text), MAX_ALERT_TEXT);
}

/**
 * Writes a value in one line that a database takes.
 *
 * @param value - Text from anywhere.
 * @returns The same without line breaks and control characters.
 */
export function oneLine(value: string): string {
  return storable(value).replace(/\s+/g, ' ').trim();
}

/**
 * Cuts a text, never through a character of two units.
 *
 * @param text - The text.
 * @param limit - Most UTF-16 units, at least one.
 * @returns The text, ending in `…` where it was cut.
 */
export function cut(text: string, limit: number): string {
  if (text.length <= limit) return text;
  return `${text.slice(0, limit - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

/**
 * @param text - Text from anywhere.
 * @returns The same without control characters and halves of characters, which databases refuse.
 */
function storable(text: string): string {
  return text.replace(/[^\P{Cc}\n\t]/gu, ' ').replace(/\p{Surrogate}/gu, '\uFFFD');
}
