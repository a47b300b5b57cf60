import { CLUSTER_ROLES, type ClusterRole, isLoopback } from '../platform/config/index.js';
import { inboxOf } from '../platform/nats/index.js';
import { CLAIMS, MEMBERS, OPPORTUNITIES, RECORDS, STATES, subjects } from './subjects.js';

/** What a role may do beside what every role may. */
export interface Rights {
  /** Subjects on which it speaks. */
  readonly tells: readonly string[];
  /** Subjects on which it listens, and answers where it is asked. */
  readonly hears: readonly string[];
  /** Streams from which it reads. */
  readonly reads: readonly string[];
  /** Keys of the bucket of claims that it writes. */
  readonly claims: readonly string[];
  /** Whether it makes the streams and buckets, and changes their bounds. */
  readonly makes: boolean;
}

/** What the configuration is made of. */
export interface NatsConf {
  readonly host: string;
  readonly port: number;
  /** Directory of JetStream. */
  readonly store: string;
  /** How much JetStream may keep there, megabytes. */
  readonly storeMb: number;
  /** PEM files; null for clear text, which is for loopback alone. */
  readonly tls: { readonly cert: string; readonly key: string; readonly ca: string | null } | null;
  /** Public nkey of each role. */
  readonly users: Readonly<Record<ClusterRole, string>>;
}

/** A configuration that would not be safe, or that the server could not read. */
export class NatsConfError extends Error {
  override readonly name = 'NatsConfError';
}

/** The largest message, bytes: a whole book of a thousand levels takes less than a tenth of it. */
const MAX_PAYLOAD = 8_388_608;
/** Processes of all roles on all machines, and people who look. */
const MAX_CONNECTIONS = 256;
/** What waits for one connection, bytes; who reads no faster is cut off. */
const MAX_PENDING = 67_108_864;
/** JetStream in memory, megabytes: every stream of ours is in files. */
const MEMORY_MB = 64;
/** An answer may be given once, and no later. */
const ANSWERS = '{ max: 1, expires: "5s" }';

const BUCKETS = [MEMBERS, CLAIMS] as const;
const streamOf = (bucket: string): string => `KV_${bucket}`;
const OUR_STREAMS = [OPPORTUNITIES, RECORDS, STATES, ...BUCKETS.map(streamOf)];

const RIGHTS: Readonly<Record<ClusterRole, Rights>> = {
  collector: {
    tells: [
      subjects.book(null, null, null),
      subjects.exchange(null),
      subjects.signedCalls(null),
      subjects.state('exchange', null),
    ],
    hears: [subjects.again(null)],
    reads: [STATES],
    claims: ['exchange.*'],
    makes: false,
  },
  detector: {
    tells: [subjects.again(null), subjects.opportunity(null), subjects.record(null, null), subjects.refusals(null)],
    hears: [
      subjects.book(null, null, null),
      subjects.exchange(null),
      subjects.refusalsAgain,
      subjects.explain(null),
      subjects.identities(null),
    ],
    reads: [OPPORTUNITIES, STATES],
    claims: ['asset.*'],
    makes: false,
  },
  gateway: {
    tells: [
      subjects.again(null),
      subjects.refusalsAgain,
      subjects.explain(null),
      subjects.identities(null),
      subjects.state('symbols', null),
      subjects.state('identity', null),
    ],
    hears: [
      subjects.book(null, null, null),
      subjects.exchange(null),
      subjects.refusals(null),
      subjects.record('spreads', null),
    ],
    reads: [OPPORTUNITIES, STATES],
    claims: ['gateway.*'],
    makes: false,
  },
  recorder: {
    tells: [subjects.state('recorder', null)],
    hears: [],
    reads: [OPPORTUNITIES, RECORDS, STATES],
    claims: ['recorder.*'],
    makes: true,
  },
  keeper: {
    tells: [subjects.again(null), subjects.state('key', null), subjects.state('credentials', null)],
    hears: [subjects.exchange(null), subjects.signedCalls(null)],
    reads: [OPPORTUNITIES, STATES],
    claims: ['keeper.*'],
    makes: true,
  },
};

/** What a role may do, with what every role may: the clock, its inbox, both buckets. */
export function rightsOf(role: ClusterRole): Rights {
  const { tells, hears, reads, claims, makes } = RIGHTS[role];
  const clock = subjects.clock(null);
  return {
    tells: [...tells, clock],
    hears: [...hears, clock],
    reads: [...reads, ...BUCKETS.map(streamOf)],
    claims,
    makes,
  };
}

/** The subjects that a role may publish and subscribe, those of the APIs of JetStream among them; all others are denied. */
export function permissionsOf(role: ClusterRole): { publish: string[]; subscribe: string[] } {
  const { tells, hears, reads, claims, makes } = rightsOf(role);
  return {
    publish: [
      ...tells,
      `$KV.${MEMBERS}.${role}.*`,
      ...claims.map((keys) => `$KV.${CLAIMS}.${keys}`),
      '$JS.API.INFO',
      ...OUR_STREAMS.map((stream) => `$JS.API.STREAM.INFO.${stream}`),
      ...reads.flatMap(readingOf),
      ...(makes ? OUR_STREAMS.flatMap(makingOf) : []),
    ],
    subscribe: [...hears, `${inboxOf(role)}.>`],
  };
}

/** Ordered consumers, and single messages; never a durable consumer, which would outlive its reader. */
function readingOf(stream: string): string[] {
  return [
    `$JS.API.CONSUMER.CREATE.${stream}`,
    `$JS.API.CONSUMER.CREATE.${stream}.>`,
    `$JS.API.CONSUMER.INFO.${stream}.*`,
    `$JS.API.CONSUMER.DELETE.${stream}.*`,
    `$JS.API.CONSUMER.MSG.NEXT.${stream}.*`,
    `$JS.API.STREAM.MSG.GET.${stream}`,
    `$JS.API.DIRECT.GET.${stream}`,
    `$JS.API.DIRECT.GET.${stream}.>`,
    `$JS.FC.${stream}.>`,
  ];
}

function makingOf(stream: string): string[] {
  return [`$JS.API.STREAM.CREATE.${stream}`, `$JS.API.STREAM.UPDATE.${stream}`];
}

/**
 * Writes the configuration of nats-server.
 *
 * @param conf - Where it listens and keeps its files, and who may come in.
 * @returns The text of `nats.conf`; it holds no secret.
 * @throws {NatsConfError} If it would serve other machines in clear text, or a path cannot be written in it.
 */
export function natsConfText(conf: NatsConf): string {
  const { host, port, store, storeMb, tls, users } = conf;
  if (tls === null && !isLoopback(host)) {
    throw new NatsConfError(
      `--host ${host} lies beyond this machine: everybody on the way would read along and could speak for every role; ` +
        'give --tls-cert and --tls-key, the PEM files of a certificate for the name under which the roles reach it',
    );
  }
  return `# Written by "crossbook nats-conf", which writes over it: give it other options rather than editing this file.
# It holds public keys alone; whoever has a seed file speaks for that role.
host: ${quoted(host)}
port: ${port}
${tlsText(tls)}
max_payload: ${MAX_PAYLOAD}
max_pending: ${MAX_PENDING}
max_connections: ${MAX_CONNECTIONS}
write_deadline: "10s"
ping_interval: "10s"
ping_max: 3

jetstream {
  store_dir: ${quoted(store)}
  max_memory_store: ${MEMORY_MB}MB
  max_file_store: ${storeMb}MB
}

# Nobody is let into the account of the server itself.
system_account: SYS
accounts {
  SYS { }
  CROSSBOOK {
    jetstream: enabled
    users: [
${CLUSTER_ROLES.map((role) => userText(role, users[role])).join('\n')}
    ]
  }
}
`;
}

function tlsText(tls: NatsConf['tls']): string {
  if (tls === null) return '';
  const ca = tls.ca === null ? '' : `\n  ca_file: ${quoted(tls.ca)}`;
  return `
tls {
  cert_file: ${quoted(tls.cert)}
  key_file: ${quoted(tls.key)}${ca}
  timeout: 5
}
`;
}

function userText(role: ClusterRole, nkey: string): string {
  const { publish, subscribe } = permissionsOf(role);
  const list = (values: readonly string[]): string => values.map((value) => `\n            ${quoted(value)}`).join('');
  return `      # ${role}
      {
        nkey: ${quoted(nkey)}
        permissions: {
          publish: { allow: [${list(publish)}
          ] }
          subscribe: { allow: [${list(subscribe)}
          ] }
          allow_responses: ${ANSWERS}
        }
      }`;
}

/** The file knows no way to write a control character. */
function quoted(text: string): string {
  // eslint-disable-next-line no-control-regex -- it is they that are looked for
  if (/[\u0000-\u001f\u007f]/.test(text)) {
    throw new NatsConfError(`${JSON.stringify(text)} holds a control character; name it without one`);
  }
  return JSON.stringify(text);
}
