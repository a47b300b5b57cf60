import { Command } from 'commander';
import type { StoredAlert, TargetView, TestReport } from '../alerts/index.js';
import { commandText } from '../platform/config/index.js';
import { CliError, EXIT } from './cli.errors.js';
import { findService, type JsonOption, readSettings } from './keys/key-work.js';
import { plain, timeText } from './keys/keys-text.js';
import { promptSecretText, readSecretText } from './read-secrets.js';
import type { RestCaller } from './rest-caller.js';

interface ListOptions extends JsonOption {
  readonly state?: string;
  readonly target?: string;
  readonly limit: string;
}

const NOTES = `
It speaks to the running service (its address and token come from the settings; CROSSBOOK_URL and CROSSBOOK_TOKEN
override them). Rules and targets stand in crossbook.yaml under "alerts"; docs/alerts.md tells how.

  ${commandText('alerts secret set team')}  asks for the secret of the target "team" without showing it
  ${commandText('alerts test')}  sends a test to every target
  ${commandText('alerts dead')}  what could not be delivered, and why
  ${commandText('alerts resend')}  sends all of that again

Exit codes: 0 done, 1 failed or refused, or a test was not delivered, 2 not understood.`;

const SECRET_NOTES = `
What the secret is depends on the target: the token of a Telegram bot, the address of a Discord or Slack webhook, the
key that signs a webhook, the password of a mail account. It is asked for without being shown, or read with --stdin, and
never taken from an argument: arguments are seen by every user of the machine and stay in the history of the shell.`;

/** The command `alerts`: list, targets, dead, resend, test, secret. */
export function alertsCommand(): Command {
  return new Command('alerts')
    .description('look after alerts and who is told')
    .addHelpText('after', NOTES)
    .addCommand(listCommand('list', 'alerts, newest first, with what became of them'))
    .addCommand(listCommand('dead', 'alerts that could not be delivered, and why'))
    .addCommand(targetsCommand())
    .addCommand(resendCommand())
    .addCommand(testCommand())
    .addCommand(secretCommand());
}

function listCommand(name: 'list' | 'dead', description: string): Command {
  const command = new Command(name)
    .description(description)
    .option('--target <name>', 'of one target only')
    .option('--limit <count>', 'at most so many', '50')
    .option('--json', 'print JSON');
  if (name === 'list') command.option('--state <state>', 'waiting, delivered, summed or dead only');
  return command.action((options: ListOptions) => list(name === 'dead' ? { ...options, state: 'dead' } : options));
}

function targetsCommand(): Command {
  return new Command('targets')
    .description('who is told, how that goes, and whose secret is missing')
    .option('--json', 'print JSON')
    .action(async ({ json }: JsonOption) => {
      const targets = await allTargets(await service());
      print(json, { data: targets }, () => targetsText(targets));
    });
}

function resendCommand(): Command {
  return new Command('resend')
    .description('send a dead alert again, or all of them')
    .argument('[id]', 'id of one')
    .option('--target <name>', 'all of one target')
    .action(async (id: string | undefined, { target }: { target?: string }) => {
      const rest = await service();
      if (id === undefined) {
        const answer = await rest.call('POST', '/v1/alerts/resend', target === undefined ? {} : { target });
        process.stdout.write(`${(answer as { resent: number }).resent} alerts are sent again\n`);
        return;
      }
      if (target !== undefined) throw new CliError('give an id or --target, not both', EXIT.usage);
      await rest.call('POST', `/v1/alerts/${encodeURIComponent(id)}/resend`);
      process.stdout.write(`${plain(id)} is sent again\n`);
    });
}

function testCommand(): Command {
  return new Command('test')
    .description('send a real message that says it is a test, and tell how that went')
    .argument('[target]', 'its name (default: all of them)')
    .option('--json', 'print JSON')
    .action(testTargets);
}

function secretCommand(): Command {
  const set = new Command('set')
    .description('seal the secret of a target in the vault')
    .argument('<target>', 'its name')
    .option('--stdin', 'read it from standard input')
    .addHelpText('after', SECRET_NOTES)
    .allowExcessArguments()
    .action((target: string, options: { stdin?: boolean }, command: Command) => {
      if (command.args.length > 1) throw new CliError(EXCESS, EXIT.usage);
      return setSecret(target, options);
    });
  const remove = new Command('remove')
    .description('delete the secret of a target')
    .argument('<target>', 'its name')
    .action(async (target: string) => {
      await (await service()).call('DELETE', secretPath(target));
      process.stdout.write(`the secret of ${plain(target)} is deleted; revoke it where it was made too\n`);
    });
  return new Command('secret').description('set or remove the secrets of targets').addCommand(set).addCommand(remove);
}

const EXCESS =
  'only the name of the target is an argument; if the other was the secret, it now stands in the history of the shell: ' +
  'revoke it where it was made. The secret is asked for, or read with --stdin';

async function service(): Promise<RestCaller> {
  const found = await findService(readSettings());
  if (!found)
    throw new CliError(
      `no service is running, and it is the service that tells people; start it: ${commandText('start')}`,
    );
  return found;
}

async function allTargets(rest: RestCaller): Promise<readonly TargetView[]> {
  return dataOf(rest, await rest.call('GET', '/v1/alerts/targets')) as TargetView[];
}

function dataOf(rest: RestCaller, answer: unknown): readonly unknown[] {
  const data = (answer as { data?: unknown } | null)?.data;
  if (!Array.isArray(data)) throw rest.stranger();
  return data;
}

async function list({ state, target, limit, json }: ListOptions): Promise<void> {
  const rest = await service();
  const query = new URLSearchParams({
    limit,
    ...(state === undefined ? {} : { state }),
    ...(target === undefined ? {} : { target }),
  });
  const alerts = dataOf(rest, await rest.call('GET', `/v1/alerts?${query.toString()}`)) as StoredAlert[];
  print(json, { data: alerts }, () => alertsText(alerts));
}

async function testTargets(name: string | undefined, { json }: JsonOption): Promise<void> {
  const rest = await service();
  const names = name === undefined ? (await allTargets(rest)).map((target) => target.name) : [name];
  if (names.length === 0) throw new CliError('there are no targets; docs/alerts.md tells how to make one');
  const reports: TestReport[] = [];
  for (const one of names) {
    reports.push((await rest.call('POST', `/v1/alerts/targets/${encodeURIComponent(one)}/test`)) as TestReport);
  }
  print(json, { data: reports }, () => reports.map(reportText).join(''));
  if (reports.some(({ isDelivered }) => !isDelivered)) process.exitCode = EXIT.failed;
}

async function setSecret(name: string, { stdin }: { readonly stdin?: boolean }): Promise<void> {
  const rest = await service();
  const target = (await allTargets(rest)).find((one) => one.name === name);
  if (!target) throw new CliError(`there is no target "${plain(name)}"; "alerts targets" shows them`);
  if (target.secretIs === null) throw new CliError(`the target ${name} needs no secret`);
  const secret =
    stdin === true
      ? await readSecretText(process.stdin as AsyncIterable<Buffer>)
      : await promptSecretText(`${name}: ${target.secretIs}`);
  await rest.call('PUT', secretPath(name), { secret });
  process.stdout.write(`the secret of ${plain(name)} is sealed; "alerts test ${plain(name)}" tries it\n`);
}

function secretPath(name: string): string {
  return `/v1/alerts/targets/${encodeURIComponent(name)}/secret`;
}

function print(json: boolean | undefined, value: unknown, text: () => string): void {
  process.stdout.write(json === true ? `${JSON.stringify(value, null, 2)}\n` : text());
}

function reportText({ target, isDelivered, reason, durationMs }: TestReport): string {
  const how = isDelivered ? `delivered in ${durationMs} ms` : `NOT delivered: ${plain(reason ?? 'no reason was told')}`;
  return `${plain(target)}: ${how}\n`;
}

function alertsText(alerts: readonly StoredAlert[]): string {
  if (alerts.length === 0) return 'there are none\n';
  return alerts.map(alertText).join('');
}

function alertText({ id, atMs, state, target, rule, severity, text, attempts, lastError }: StoredAlert): string {
  const head = [timeText(atMs), state, target, rule === '' ? 'sum' : rule, severity, id].map(plain).join('  ');
  const [first = ''] = text.split('\n', 1);
  const trouble = lastError === null ? '' : `    ${attempts} attempts: ${plain(lastError)}\n`;
  return `${head}\n    ${plain(first)}\n${trouble}`;
}

function targetsText(targets: readonly TargetView[]): string {
  if (targets.length === 0) return 'there are no targets; docs/alerts.md tells how to make one\n';
  return targets
    .map(({ name, type, rules, secret, waiting, delivered, dead, lastError }) => {
      const counts = `${waiting} waiting, ${delivered} delivered, ${dead} dead`;
      const trouble = lastError === null ? '' : `    last attempt: ${plain(lastError)}\n`;
      const of = rules.length === 0 ? 'no rule' : rules.join(', ');
      return `${name}  ${type}  secret ${secret.replace('_', ' ')}  ${counts}  told by ${of}\n${trouble}`;
    })
    .join('');
}
