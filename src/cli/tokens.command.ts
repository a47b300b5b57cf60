import { Command } from 'commander';
import { SCOPES } from '../platform/auth/index.js';
import { commandText } from '../platform/config/index.js';
import type { TokenView } from '../platform/tokens/index.js';
import { CliError, EXIT } from './cli.errors.js';
import { type JsonOption, readSettings, serviceOn, tell } from './keys/key-work.js';
import { plain, timeText } from './keys/keys-text.js';
import { LocalTokensClient, RestTokensClient, type TokensClient } from './tokens-client.js';

interface CreateOptions extends JsonOption {
  readonly scopes: string;
  readonly expires?: string;
}

const UNIT_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

const NOTES = `
Scopes: ${SCOPES.join(', ')}. docs/access.md says what each allows.

It speaks to the running service (its address and token come from the settings; CROSSBOOK_URL and CROSSBOOK_TOKEN
override them). When none runs, it opens the data directory itself.

  ${commandText('tokens create grafana --scopes feed,history --expires 90d')}
  ${commandText('tokens revoke grafana')}`;

/** The command `tokens`: create, list, revoke. */
export function tokensCommand(): Command {
  const create = new Command('create')
    .description('make a token; its secret is printed this once')
    .argument('<name>', 'what to call it; stands in the audit for who did something')
    .requiredOption('--scopes <scopes>', 'what it allows, with commas')
    .option('--expires <time>', 'how long it lives: 90m, 12h, 30d (default: until it is revoked)')
    .option('--json', 'print JSON')
    .action((name: string, options: CreateOptions) => createToken(name, options));
  const list = new Command('list')
    .description('all tokens, without their secrets')
    .option('--json', 'print JSON')
    .action((options: JsonOption) =>
      withTokens(async (client) => {
        const tokens = await client.list();
        process.stdout.write(
          options.json === true ? `${JSON.stringify({ data: tokens }, null, 2)}\n` : tokensText(tokens),
        );
      }),
    );
  const revoke = new Command('revoke')
    .description('end what a token allows, at once, also for sessions that are open')
    .argument('<token>', 'its name or id')
    .action((which: string) => withTokens((client) => revokeToken(client, which)));
  return new Command('tokens')
    .description('look after the tokens of programs and people that use the service')
    .addHelpText('after', NOTES)
    .addCommand(create)
    .addCommand(list)
    .addCommand(revoke);
}

/**
 * Reads how long a token is to live.
 *
 * @param text - `90m`, `12h` or `30d`; undefined for until it is revoked.
 * @returns Milliseconds, or null.
 * @throws {CliError} When it is none of these.
 */
function lifeOf(text: string | undefined): number | null {
  if (text === undefined) return null;
  const [, count = '', unit = ''] = /^([1-9]\d{0,5})([mhd])$/.exec(text) ?? [];
  if (count === '') throw new CliError(`--expires must be such as 90m, 12h or 30d, was "${plain(text)}"`, EXIT.usage);
  return Number(count) * (UNIT_MS[unit] ?? 0);
}

async function createToken(name: string, { scopes, expires, json }: CreateOptions): Promise<void> {
  const request = {
    name,
    scopes: scopes.split(',').map((scope) => scope.trim()),
    expiresInMs: lifeOf(expires),
  };
  await withTokens(async (client) => {
    const created = await client.create(request);
    process.stdout.write(json === true ? `${JSON.stringify(created, null, 2)}\n` : `${created.token}\n`);
    tell(`this is the token ${created.name} (${created.id}); keep it now, it is shown nowhere again`);
  });
}

async function revokeToken(client: TokensClient, which: string): Promise<void> {
  const tokens = await client.list();
  const found = tokens.find(({ id }) => id === which) ?? tokens.find((one) => one.name === which && !one.revokedAtMs);
  if (!found) throw new CliError(`there is no token "${plain(which)}"; "tokens list" shows them`);
  await client.revoke(found.id);
  process.stdout.write(`revoked ${found.id} (${plain(found.name)})\n`);
}

async function withTokens(work: (client: TokensClient) => Promise<void>): Promise<void> {
  const settings = readSettings();
  const service = await serviceOn(settings);
  const client = service ? new RestTokensClient(service) : await LocalTokensClient.open(settings);
  try {
    await work(client);
  } finally {
    await client.close();
  }
}

function tokensText(tokens: readonly TokenView[]): string {
  if (tokens.length === 0) return 'there are no tokens but the one in the data directory\n';
  const when = (ms: number | null, none: string): string => (ms === null ? none : timeText(ms));
  const rows = [
    ['ID', 'NAME', 'TOKEN', 'STATE', 'SCOPES', 'CREATED', 'EXPIRES', 'LAST USED'],
    ...tokens.map((one) => [
      one.id,
      plain(one.name),
      `${one.hint}…`,
      one.state,
      one.scopes.join(','),
      timeText(one.createdAtMs),
      when(one.expiresAtMs, 'never'),
      when(one.lastUsedAtMs, 'never'),
    ]),
  ];
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  const line = (row: readonly string[]): string => row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  ');
  return rows.map((row) => `${line(row).trimEnd()}\n`).join('');
}
