import { z } from 'zod';
import { SEVERITIES, templateProblem } from '../../core/alerts/alert-template.js';

const int = (min: number, max: number) => z.int().min(min).max(max);
const DAY_MS = 86_400_000;

/** The most targets and rules; each costs a little all the time. */
const MAX_TARGETS = 50;
const MAX_RULES = 200;

const name = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,63}$/i, 'must be 1 to 64 letters, digits, ".", "_" or "-"');

/** Whether a host name is that of this machine. */
function isThisMachine(hostname: string): boolean {
  return /^(localhost|127(\.\d{1,3}){3}|\[::1\]|::1)$/.test(hostname);
}

/** Whether what is sent to an address stays secret on its way, and the address itself holds no secret. */
export function addressProblem(text: string): string | null {
  if (!URL.canParse(text)) return 'must be an address such as https://alerts.example.com/crossbook';
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') return 'must hold no user and no password';
  if (url.protocol === 'https:' || (url.protocol === 'http:' && isThisMachine(url.hostname))) return null;
  return 'must begin with https:// (http:// only on this machine)';
}

const address = z.string().superRefine((text, context) => {
  const message = addressProblem(text);
  if (message !== null) context.addIssue({ code: 'custom', message });
});

const anyTarget = { name, perMinute: int(1, 600).default(20) };

const telegram = z.strictObject({
  ...anyTarget,
  type: z.literal('telegram'),
  /** A number as text, or `@channel`. */
  chatId: z.union([
    z.string().regex(/^(-?\d{1,20}|@\w{4,64})$/, 'must be a number or @channel'),
    z.int().transform(String),
  ]),
  threadId: int(1, 2_147_483_647).optional(),
  baseUrl: address.default('https://api.telegram.org'),
});
const discord = z.strictObject({
  ...anyTarget,
  type: z.literal('discord'),
  baseUrl: address.default('https://discord.com'),
});
const slack = z.strictObject({
  ...anyTarget,
  type: z.literal('slack'),
  baseUrl: address.default('https://hooks.slack.com'),
});
const webhook = z.strictObject({ ...anyTarget, type: z.literal('webhook'), url: address });
const mail = z
  .strictObject({
    ...anyTarget,
    type: z.literal('mail'),
    host: z.string().min(1).max(253),
    port: int(1, 65_535).default(587),
    security: z.enum(['starttls', 'tls', 'none']).default('starttls'),
    /** Without it nobody logs in, and no secret is needed. */
    user: z.string().min(1).max(320).optional(),
    from: z.email(),
    to: z.array(z.email()).min(1).max(50),
  })
  .superRefine(({ security, host }, context) => {
    if (security !== 'none' || isThisMachine(host)) return;
    const message = 'must be "starttls" or "tls": without either, only a server on this machine is spoken to';
    context.addIssue({ code: 'custom', path: ['security'], message });
  });

const target = z.discriminatedUnion('type', [telegram, discord, slack, webhook, mail]);

const TIME = /^([01]\d|2[0-3]):[0-5]\d$/;
const time = z.string().regex(TIME, 'must be a time such as "22:00"');

function isTimeZone(text: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).format(0) !== '';
  } catch {
    return false;
  }
}

const quietHours = z
  .strictObject({
    from: time,
    to: time,
    timeZone: z.string().refine(isTimeZone, 'must be an IANA time zone such as "Europe/Berlin"'),
    then: z.enum(['hold', 'drop']).default('hold'),
    criticalPasses: z.boolean().default(true),
  })
  .refine(({ from, to }) => from !== to, { path: ['to'], message: 'must differ from "from"' });

const anyRule = {
  name,
  targets: z.array(z.string()).min(1).max(MAX_TARGETS),
  template: z.string().min(1).max(4_000).optional(),
  quietHours: quietHours.optional(),
};
/** The same thing is told once in so long; 0 tells it each time. */
const once = (defaultMs: number) => int(0, 30 * DAY_MS).default(defaultMs);
const severity = (of: (typeof SEVERITIES)[number]) => z.enum(SEVERITIES).default(of);
const exchanges = z
  .array(z.string().regex(/^[a-z0-9]+$/, 'must be a ccxt id such as "okx"'))
  .min(1)
  .optional();

const whichOpportunities = {
  symbols: z.array(z.string().min(1)).min(1).optional(),
  routes: z.array(z.string().min(1)).min(1).optional(),
  exchanges,
  kinds: z
    .array(z.enum(['cross']))
    .min(1)
    .optional(),
  minNetBps: z.number().optional(),
  minNotionalUsd: z.number().min(0).optional(),
  standing: z.boolean().optional(),
};

const rule = z.discriminatedUnion('on', [
  z.strictObject({
    ...anyRule,
    ...whichOpportunities,
    on: z.literal('opportunity'),
    minDurationMs: int(0, 7 * DAY_MS).default(0),
    severity: severity('info'),
    oncePerMs: once(600_000),
  }),
  z.strictObject({
    ...anyRule,
    on: z.literal('keyFinding'),
    severities: z.array(z.enum(SEVERITIES)).min(1).default(['critical']),
    exchanges,
    oncePerMs: once(DAY_MS),
  }),
  z.strictObject({
    ...anyRule,
    on: z.literal('exchangeDown'),
    exchanges,
    forMs: int(0, 7 * DAY_MS).default(60_000),
    severity: severity('warning'),
    oncePerMs: once(3_600_000),
  }),
  z.strictObject({
    ...anyRule,
    ...whichOpportunities,
    on: z.literal('silence'),
    forMs: int(1_000, 7 * DAY_MS).default(3_600_000),
    severity: severity('warning'),
    oncePerMs: once(6 * 3_600_000),
  }),
]);

/** Somebody who is told, as the settings describe it. */
export type AlertTarget = z.infer<typeof target>;
/** When somebody is told, as the settings describe it. */
export type AlertRule = z.infer<typeof rule>;
/** When somebody would rather not be told. */
export type QuietHours = z.infer<typeof quietHours>;

function tellTwice(
  items: readonly { name: string }[],
  path: string,
  tell: (path: PropertyKey[], message: string) => void,
): void {
  const seen = new Set<string>();
  for (const [at, item] of items.entries()) {
    if (seen.has(item.name)) tell([path, at, 'name'], 'must differ from every other name');
    seen.add(item.name);
  }
}

/** The settings of alerts. */
export const alerts = z
  .strictObject({
    targets: z
      .array(target)
      .max(MAX_TARGETS)
      .default([])
      .describe('who is told: see docs/alerts.md; their secrets live in the vault'),
    rules: z.array(rule).max(MAX_RULES).default([]).describe('when somebody is told: see docs/alerts.md'),
    timeoutMs: int(500, 60_000).default(10_000).describe('longest wait for a target to take an alert'),
    maxAttempts: int(1, 50).default(12).describe('an alert that failed so often is a dead letter'),
    firstRetryMs: int(50, 600_000).default(1_000).describe('wait before the second attempt; it doubles with each'),
    maxRetryMs: int(1_000, DAY_MS).default(900_000).describe('longest wait between two attempts'),
    queueSize: int(10, 100_000).default(1_000).describe('alerts that may wait in memory while the database is away'),
    keepDays: int(1, 3_650).default(30).describe('alerts that were delivered or are dead are kept for so long'),
  })
  .superRefine(({ targets, rules }, context) => {
    const tell = (path: PropertyKey[], message: string): void => {
      context.addIssue({ code: 'custom', path, message });
    };
    tellTwice(targets, 'targets', tell);
    tellTwice(rules, 'rules', tell);
    const known = new Set(targets.map((one) => one.name));
    for (const [at, one] of rules.entries()) {
      const stranger = one.targets.find((wanted) => !known.has(wanted));
      if (stranger !== undefined)
        tell(['rules', at, 'targets'], `must name targets of alerts.targets; ${stranger} is none`);
      const problem = one.template === undefined ? null : templateProblem(one.template, one.on);
      if (problem !== null) tell(['rules', at, 'template'], problem);
    }
  })
  .prefault({});
