import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { Command, Option } from 'commander';
import { type NatsConf, NatsConfError, natsConfText, rightsOf } from '../cluster/index.js';
import { CLUSTER_ROLES, type ClusterRole, commandText } from '../platform/config/index.js';
import { CliError, EXIT } from './cli.errors.js';
import { type Seed, seedOf } from './nats-seeds.js';

interface Flags {
  readonly out: string;
  readonly host: string;
  readonly port: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly tlsCa?: string;
  readonly store?: string;
  readonly storeMb: string;
  readonly rotate: readonly ClusterRole[];
}

/** The streams of both kinds of events may take 512 MB each unless cluster.eventsMb says otherwise. */
const STORE_MB = 4_096;

const NOTES = `
Writes nats.conf and a seed file for each role. Seeds that are there are kept, so that it can be run again after an upgrade.
docs/cluster-security.md says where the files belong.

  ${commandText('nats-conf --out /etc/crossbook/nats')}
  ${commandText('nats-conf --out nats --host 0.0.0.0 --tls-cert nats.pem --tls-key nats.key --tls-ca ca.pem')}
  ${commandText('nats-conf --out nats --rotate gateway')}`;

/** The command `nats-conf`: the configuration of nats-server and the seed of each role. */
export function natsConfCommand(): Command {
  return new Command('nats-conf')
    .description('write the configuration of the NATS server that joins the roles, and a seed for each role')
    .requiredOption('--out <directory>', 'where to write; made where it is missing')
    .option('--host <host>', 'address to listen on; beyond loopback it needs a certificate', '127.0.0.1')
    .option('--port <port>', 'port to listen on', '4222')
    .option('--tls-cert <file>', 'PEM file of the certificate of the server, with its chain')
    .option('--tls-key <file>', 'PEM file of its private key')
    .option('--tls-ca <file>', 'PEM file of the authority that signed it: what roles name in nats.ca')
    .option('--store <directory>', 'where JetStream keeps its files (default: "jetstream" in --out)')
    .option('--store-mb <mb>', 'how much it may keep there', String(STORE_MB))
    .addOption(
      new Option('--rotate <role>', 'make a new seed for a role; may be repeated')
        .argParser(alsoRole)
        .default([], 'none'),
    )
    .addHelpText('after', NOTES)
    .action(run);
}

function alsoRole(value: string, before: readonly ClusterRole[]): ClusterRole[] {
  const role = CLUSTER_ROLES.find((one) => one === value);
  if (!role) throw new CliError(`--rotate: must be one of ${CLUSTER_ROLES.join(', ')}, was "${value}"`, EXIT.usage);
  return [...before, role];
}

function run(flags: Flags): void {
  const out = path.resolve(flags.out);
  const conf = {
    host: flags.host,
    port: wholeNumber('--port', flags.port, 1, 65_535),
    store: path.resolve(flags.store ?? path.join(out, 'jetstream')),
    storeMb: wholeNumber('--store-mb', flags.storeMb, 64, 100_000_000),
    tls: tlsOf(flags),
  };
  // Before a first file: what is refused leaves nothing behind.
  textOf({ ...conf, users: usersOf(() => '') });
  try {
    mkdirSync(out, { recursive: true, mode: 0o700 });
    const seeds = new Map(CLUSTER_ROLES.map((role) => [role, seedOf(out, role, flags.rotate.includes(role))]));
    const file = path.join(out, 'nats.conf');
    const draft = `${file}.${process.pid}.new`;
    writeFileSync(draft, textOf({ ...conf, users: usersOf((role) => seeds.get(role)?.publicKey ?? '') }));
    renameSync(draft, file);
    process.stdout.write(`${reportOf(file, seeds, conf)}\n${rightsText()}`);
  } catch (error) {
    const { code, syscall, path: at = out } = error as NodeJS.ErrnoException;
    if (syscall === undefined) throw error;
    throw new CliError(`--out: cannot write ${at} (${code ?? 'error'}); name a directory that you may write`);
  }
}

function textOf(conf: NatsConf): string {
  try {
    return natsConfText(conf);
  } catch (error) {
    if (error instanceof NatsConfError) throw new CliError(error.message, EXIT.usage);
    throw error;
  }
}

function usersOf(keyOf: (role: ClusterRole) => string): NatsConf['users'] {
  return Object.fromEntries(CLUSTER_ROLES.map((role) => [role, keyOf(role)])) as Record<ClusterRole, string>;
}

function tlsOf({ tlsCert, tlsKey, tlsCa }: Flags): NatsConf['tls'] {
  if (tlsCert === undefined && tlsKey === undefined && tlsCa === undefined) return null;
  if (tlsCert === undefined || tlsKey === undefined) {
    const missing = tlsCert === undefined ? '--tls-cert' : '--tls-key';
    throw new CliError(`${missing}: is missing; TLS needs the certificate and its private key`, EXIT.usage);
  }
  return {
    cert: path.resolve(tlsCert),
    key: path.resolve(tlsKey),
    ca: tlsCa === undefined ? null : path.resolve(tlsCa),
  };
}

function wholeNumber(option: string, text: string, from: number, to: number): number {
  const value = Number(text);
  if (!(/^\d+$/.test(text) && value >= from && value <= to)) {
    throw new CliError(`${option}: must be a whole number from ${from} to ${to}, was "${text}"`, EXIT.usage);
  }
  return value;
}

function reportOf(file: string, seeds: ReadonlyMap<ClusterRole, Seed>, { tls }: Pick<NatsConf, 'tls'>): string {
  const lines = [...seeds.values()].map((seed) => `${seed.isNew ? 'new  ' : 'kept '}  ${seed.file}`);
  const news = [...seeds].filter(([, { isNew }]) => isNew).map(([role]) => role);
  const ca = tls === null ? '' : `, CROSSBOOK_NATS_CA=${tls.ca ?? 'the authority that signed the certificate'}`;
  return `${[`wrote  ${file}`, ...lines].join('\n')}
A role is started with CROSSBOOK_NATS_SEED_FILE=its seed${ca}.
${news.length > 0 ? `Have the server read nats.conf again, and give their new seeds to: ${news.join(', ')}.\n` : ''}`;
}

/** What each role may do, as a table for people. */
function rightsText(): string {
  const rows = CLUSTER_ROLES.flatMap((role) => {
    const { tells, hears, reads, claims, makes } = rightsOf(role);
    return [
      ...tells.map((subject) => [role, 'tells', subject]),
      ...hears.map((subject) => [role, 'hears', subject]),
      ...reads.map((stream) => [role, 'reads', stream]),
      [role, 'writes', `crossbook_members: ${role}.*`],
      ...claims.map((keys) => [role, 'writes', `crossbook_claims: ${keys}`]),
      ...(makes ? [[role, 'makes', 'the streams and buckets; deletes and purges none']] : []),
    ];
  });
  const table = [['ROLE', 'MAY', 'WHAT'], ...rows];
  return table.map(([role = '', may = '', what = '']) => `${role.padEnd(10)} ${may.padEnd(7)} ${what}\n`).join('');
}
