import { Command } from 'commander';
import type { AuditReport } from '../../keys/index.js';
import { commandText } from '../../platform/config/index.js';
import { CliError, EXIT } from '../cli.errors.js';
import { auditText } from './keys-text.js';
import { findKey, type JsonOption, withClient } from './key-work.js';
import { rangeOf } from './usage.command.js';

interface AuditOptions extends JsonOption {
  readonly key?: string;
  readonly action?: string;
  readonly since?: string;
  readonly until?: string;
  readonly limit: string;
}

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const NOTES = `
Every line holds the digest of itself and of the line before it, and the newest digest is also kept in audit.head of the
data directory. "audit verify" walks the chain: it ends with 4 when a line was changed, removed, added or moved, or when the
end was cut off.

  ${commandText('keys audit --key "main, read"')}
  ${commandText('keys audit verify')}`;

/** The command `keys audit`. */
export function auditCommand(): Command {
  const audit = new Command('audit')
    .description('who did what to which key, and when')
    .option('--key <key>', 'only this key: id, the beginning of one, or label')
    .option('--action <action>', 'only this: key_added, key_rotated, key_compromised …')
    .option('--since <time>', 'from this on: 90m, 24h, 7d, or a time such as 2026-11-22T10:00:00Z')
    .option('--until <time>', 'before this, in the same forms')
    .option('--limit <lines>', 'most lines, at most 1000', '100')
    .option('--json', 'print JSON')
    .addHelpText('after', NOTES)
    .action((options: AuditOptions) => printAudit(options));
  audit
    .command('verify')
    .description('walk the chain of the audit')
    .option('--json', 'print JSON')
    .action((_options: unknown, command: Command) => verify(command.optsWithGlobals()));
  return audit;
}

async function printAudit(options: AuditOptions): Promise<void> {
  const { key, action, limit, json } = options;
  await withClient(async (client) => {
    const keyId = key === undefined || ID.test(key) ? key : (await findKey(client, key)).id;
    const lines = await client.audit({
      ...rangeOf(options),
      ...(keyId === undefined ? {} : { keyId }),
      ...(action === undefined ? {} : { action }),
      limit,
    });
    process.stdout.write(json === true ? `${JSON.stringify({ data: lines }, null, 2)}\n` : auditText(lines));
  });
}

async function verify({ json }: JsonOption): Promise<void> {
  await withClient(async (client) => {
    const report = await client.verifyAudit();
    if (json === true) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
    if (report.isWhole) {
      if (json !== true) process.stdout.write(wholeText(report));
      return;
    }
    const { broken } = report;
    throw new CliError(
      `the audit is not whole (${broken?.fault ?? 'unknown'}): ${broken?.detail ?? ''}`,
      EXIT.tampered,
    );
  });
}

function wholeText({ lines, unchained, head }: AuditReport): string {
  const before = unchained === 0 ? '' : `, and ${unchained} from before the chain`;
  const end = head === null ? '; there is no audit.head yet, so a cut end would not show' : '';
  return `the audit is whole: ${lines} ${lines === 1 ? 'line' : 'lines'}${before}${end}\n`;
}
