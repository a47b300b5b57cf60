import { z } from 'zod';
import { alerts } from './alerts.schema.js';

const int = (min: number, max: number) => z.int().min(min).max(max);
const SYMBOL = /^[A-Z0-9][A-Z0-9.$_-]*\/[A-Z0-9][A-Z0-9.$_-]*(:[A-Z0-9][A-Z0-9.$_-]*)?$/;

/** Whether an address to listen on reaches this machine only. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

/** Assets whose ticker names one coin on every exchange that lists it, by their rank and their years of trading. */
const WELL_KNOWN = [
  'BTC',
  'ETH',
  'SOL',
  'XRP',
  'ADA',
  'DOGE',
  'LTC',
  'BNB',
  'TRX',
  'DOT',
  'AVAX',
  'LINK',
  'BCH',
  'XLM',
];

const identity = z
  .strictObject({
    allow: z
      .array(z.string().regex(/^[A-Z0-9][A-Z0-9.$_-]*$/, 'must be an asset code such as "BTC"'))
      .default([...WELL_KNOWN, 'USDT', 'USDC', 'DAI', 'EUR'])
      .describe('assets whose ticker means the same everywhere'),
    ratioHoldMs: int(1_000, 86_400_000)
      .default(600_000)
      .describe('a price ratio proves one asset after it held so long'),
    ratioToleranceBps: int(1, 5_000).default(200).describe('how far that ratio may be from 1'),
  })
  .prefault({});

const detection = z
  .strictObject({
    minNetBps: z.number().min(-10_000).max(10_000).default(5).describe('net bps that an opportunity must pay to open'),
    hysteresisBps: z.number().min(0).max(1_000).default(1).describe('it closes this much below minNetBps'),
    maxNetBps: z.number().min(1).max(1_000_000).default(1_000).describe('more is taken for a fault (too_good)'),
    minNotionalUsd: z.number().min(0).default(100).describe('least paying size, in USD'),
    maxNotionalUsd: z.number().min(0).default(0).describe('most that is taken into account, in USD; 0 for no cap'),
    capByBalance: z.boolean().default(false).describe('known balances cap the size'),
    maxAgeMs: int(100, 600_000).default(3_000).describe('proof of life and transit time of a leg'),
    maxQuietMs: int(1_000, 86_400_000).default(60_000).describe('longest time without a change of a leg'),
    maxSkewMs: int(1, 600_000).default(2_000).describe('longest time between the moments of both legs'),
    maxLateMs: int(10, 60_000).default(250).describe('longest delay of our own queue or event loop'),
    minDwellMs: int(0, 60_000).default(0).describe('it must pass every gate for so long before it opens'),
    requireTransfer: z.boolean().default(false).describe('refuse where no common network is open on both sides'),
    maxNetworkAgeMs: int(60_000, 604_800_000)
      .default(21_600_000)
      .describe('what is known of networks counts for so long'),
    depegBandBps: z.number().min(0).max(10_000).default(50).describe('a stablecoin further from parity is told'),
    graceMs: int(0, 60_000).default(300).describe('a re-opening within it is the same opportunity'),
    standingAfterMs: int(1_000, 86_400_000).default(600_000).describe('older ones are a standing premium'),
    maxOpenMs: int(1_000, 604_800_000).default(86_400_000).describe('closed with max_age after it'),
    tickMs: int(10, 1_000).default(100).describe('how often silence is judged and spreads are sampled'),
    spreadRoutes: int(1, 100).default(3).describe('routes of each base whose spread is kept each second'),
    identity,
  })
  .prefault({});

const feed = z
  .strictObject({
    heartbeatMs: int(1_000, 60_000).default(10_000).describe('a heartbeat after this much silence'),
    maxClients: int(1, 100_000).default(1_000).describe('connections at once'),
    maxSubscriptions: int(1, 1_000).default(50).describe('subscriptions per connection'),
    maxBufferedBytes: int(65_536, 268_435_456).default(4_194_304).describe('a client behind by more is closed'),
    ringSize: int(16, 100_000).default(2_048).describe('messages per channel kept for resume'),
  })
  .prefault({});

const retention = z
  .strictObject({
    secondCandlesHours: int(1, 8_760).default(24).describe('spreads of each second are kept for so long'),
    minuteCandlesDays: int(1, 36_500).default(30).describe('those of each minute; wider ones are kept for good'),
    refusalsDays: int(1, 36_500).default(90).describe('refusals of each minute are kept for so long'),
  })
  .prefault({});

const history = z
  .strictObject({
    flushMs: int(10, 10_000).default(250).describe('longest time before a change is stored'),
    batchRows: int(1, 5_000).default(500).describe('rows per insert'),
    queueRows: int(1_000, 1_000_000).default(50_000).describe('changes of each kind that may wait for the database'),
    spillMb: int(0, 1_000_000)
      .default(4_096)
      .describe('those that outgrow half of it wait on disk, up to so many megabytes of each kind; 0 for none'),
    leaseMs: int(2_000, 600_000).default(10_000).describe('a detector silent for longer is taken for dead'),
    retention,
  })
  .prefault({});

const capture = z
  .strictObject({
    file: z
      .string()
      .default('')
      .describe('write all that detection sees to this new file, "{epoch}" in it being the run; empty for none'),
    maxMb: int(1, 1_000_000).default(4_096).describe('it ends, whole, once the file has so many megabytes'),
  })
  .prefault({});

const transit = z
  .strictObject({
    url: z
      .url({ protocol: /^https?$/ })
      .optional()
      .describe('a HashiCorp Vault whose transit engine locks the master key'),
    key: z.string().default('crossbook').describe('name of the key in its transit engine'),
    mount: z.string().default('transit').describe('where that engine is mounted'),
    namespace: z.string().optional().describe('namespace of the Vault, where it has them'),
    tokenFile: z.string().optional().describe('a file that holds the token for it'),
  })
  .prefault({});

const keys = z
  .strictObject({
    checkIntervalMs: int(1_000, 86_400_000).default(900_000).describe('between two checks of a key'),
    acceptWithdrawal: z.boolean().default(false).describe('store keys that can withdraw; they stay critical'),
    maxAgeDays: int(1, 3_650).default(90).describe('a key that is older should be rotated'),
    neverUsedDays: int(1, 3_650).default(30).describe('a key that signed nothing for so long has no use'),
    masterKeyMaxAgeDays: int(1, 3_650).default(365).describe('a master key that is older should be rotated'),
    accountsAreIdle: z
      .boolean()
      .default(false)
      .describe('nobody trades, transfers or logs in there: each such deed is then an unexpected use'),
    egressAddresses: z
      .array(z.union([z.ipv4(), z.ipv6()]))
      .default([])
      .describe('our public addresses, beside those that exchanges tell'),
    usageRetentionDays: int(1, 3_650).default(30).describe('signed calls and checks are kept for so long'),
  })
  .prefault({});

const portfolio = z
  .strictObject({
    readEveryMs: int(1_000, 3_600_000).default(30_000).describe('between two readings of the balances of an account'),
    maxAgeMs: int(1_000, 86_400_000).default(90_000).describe('balances that are older are told as stale'),
  })
  .prefault({});

const tls = z
  .strictObject({
    cert: z.string().min(1).optional().describe('PEM file of the certificate with its chain: https and wss'),
    key: z.string().min(1).optional().describe('PEM file of its private key'),
  })
  .prefault({});

const proxyAddress = z
  .union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()], {
    error: 'must be an address or a network such as 10.0.0.5 or 10.0.0.0/24',
  })
  .refine((text) => !text.endsWith('/0'), 'must not be every address: whoever is trusted can claim to be anybody');

const sequenceRule = (exchange: string) =>
  z.enum(['enforce', 'count']).default('enforce').describe(`whether a break of ${exchange}'s numbering costs the book`);

const nats = z
  .strictObject({
    url: z
      .string()
      .regex(/^(nats|tls):\/\/[^,\s]+(,(nats|tls):\/\/[^,\s]+)*$/, 'must be nats://HOST:PORT, several with commas')
      .default('nats://127.0.0.1:4222')
      .describe('the NATS servers that join the machines; used by every role but all'),
    seedFile: z
      .string()
      .min(1)
      .optional()
      .describe('a file (mode 0600) that holds the nkey seed of this role; needed beyond loopback'),
    ca: z.string().min(1).optional().describe('PEM file of the authority that signed the servers: TLS; needed too'),
    cert: z.string().min(1).optional().describe('PEM file of our own certificate, where the servers ask for one'),
    key: z.string().min(1).optional().describe('PEM file of its private key'),
  })
  .prefault({});

const cluster = z
  .strictObject({
    member: z
      .string()
      .regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be letters, digits, "-" and "_"')
      .optional()
      .describe('name of this process among the others; without it, made of host and process'),
    leaseMs: int(1_000, 60_000).default(3_000).describe('a member silent for longer is taken for dead'),
    maxClockOffsetMs: int(1, 60_000)
      .default(250)
      .describe('a collector whose clock is further from ours is not believed'),
    eventsMinutes: int(20, 10_080).default(60).describe('opportunities and records stay in JetStream for so long'),
    eventsMb: int(16, 1_000_000).default(512).describe('and take no more than so many megabytes of each kind there'),
  })
  .prefault({});

const integrity = z
  .strictObject({
    binance: sequenceRule('binance'),
    bitfinex: sequenceRule('bitfinex'),
    bitget: sequenceRule('bitget'),
    bybit: sequenceRule('bybit'),
    coinbase: sequenceRule('coinbase'),
    cryptocom: sequenceRule('cryptocom'),
    gate: sequenceRule('gate'),
    htx: sequenceRule('htx'),
    kucoin: sequenceRule('kucoin'),
    mexc: sequenceRule('mexc'),
    okx: sequenceRule('okx'),
  })
  .prefault({});

/** The most symbols that are watched at once, from the settings and added later. */
export const MAX_SYMBOLS = 1_000;

/** What a process does that works together with others. */
export const CLUSTER_ROLES = ['collector', 'detector', 'gateway', 'recorder', 'keeper'] as const;

/** One of {@link CLUSTER_ROLES}. */
export type ClusterRole = (typeof CLUSTER_ROLES)[number];

/** What a process of the service does; `all` needs no others. */
const ROLES = ['all', ...CLUSTER_ROLES] as const;

/** What a process of the service does. */
export type Role = (typeof ROLES)[number];

/** Every setting, with its bounds and default; unknown names are errors. */
export const settingsSchema = z.strictObject({
  role: z.enum(ROLES).default('all').describe('what this process does; every other than all works over NATS'),
  nats,
  cluster,
  host: z
    .string()
    .min(1)
    .default('127.0.0.1')
    .describe('address to listen on; beyond loopback it needs tls or trustedProxies'),
  port: int(0, 65_535).default(8080).describe('port to listen on; 0 takes a free one'),
  tls,
  trustedProxies: z
    .array(proxyAddress)
    .max(100)
    .default([])
    .describe('addresses of the proxies that stand before the service and tell the clients in X-Forwarded-For'),
  dataDir: z.string().min(1).default('.crossbook').describe('where the embedded database and the admin token live'),
  databaseUrl: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'must begin with postgresql://')
    .optional()
    .describe('your own PostgreSQL; without it an embedded one runs in dataDir'),
  masterKey: z
    .string()
    .optional()
    .describe('32 bytes in base64 that seal the stored keys; older ones behind it, with commas'),
  masterKeyFile: z.string().optional().describe('a file (mode 0600) that holds the master key'),
  masterPassphrase: z.string().min(12).optional().describe('locks the file of the master key'),
  masterPassphraseFile: z.string().optional().describe('a file (mode 0600) that holds that passphrase'),
  transit,
  exchangeGateway: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('every exchange host is reached under this address instead'),
  exchanges: z
    .array(z.string().regex(/^[a-z0-9]+$/, 'must be a ccxt id such as "okx"'))
    .min(1)
    .default(['binance', 'okx', 'bybit', 'kraken'])
    .describe('ccxt ids'),
  symbols: z
    .array(z.string().regex(SYMBOL, 'must be a unified symbol such as "BTC/USDT"'))
    .min(1)
    .max(MAX_SYMBOLS)
    .default(['BTC/USDT', 'ETH/USDT', 'USDT/USD', 'USDC/USDT'])
    .describe('unified symbols'),
  marketsRefreshMs: int(1_000, 86_400_000).default(3_600_000).describe('between two readings of the lists of markets'),
  bookDepth: int(5, 1_000).default(50).describe('levels kept per side'),
  workers: z
    .union([z.literal('auto'), int(0, 16)])
    .default(0)
    .describe('threads that keep the books, 0 for none beside the main one; auto: by the cores of this machine'),
  logLevel: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info').describe('least severity logged'),
  allowedHosts: z.array(z.string()).default([]).describe('names under which the service may be asked, beside its own'),
  integrity,
  detection,
  feed,
  history,
  keys,
  portfolio,
  capture,
  alerts,
});

/** The effective settings of a process, parsed once before start. */
export type Settings = z.infer<typeof settingsSchema>;
