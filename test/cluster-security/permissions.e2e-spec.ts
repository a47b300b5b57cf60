import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connect, type NatsConnection, nkeyAuthenticator } from '@nats-io/transport-node';
import { CLUSTER_ROLES, type ClusterRole } from '../../src/platform/config/index.js';
import { inboxOf } from '../../src/platform/nats/index.js';
import { waitFor } from '../support/wait-for.js';
import { describeWithServer } from '../support/nats-server.js';
import { type Connected, NatsRig } from './nats-rig.js';

type Table = Readonly<Record<string, readonly ClusterRole[]>>;

const ALL = CLUSTER_ROLES;
const MAKERS: readonly ClusterRole[] = ['recorder', 'keeper'];

/** Who may publish what; nobody else may. Written from what each role does, not from what the configuration says. */
const TELLERS: Table = {
  'crossbook.book.okx.BTC.BTC=2FUSDT': ['collector'],
  'crossbook.exchange.okx': ['collector'],
  'crossbook.state.exchange.okx': ['collector'],
  'crossbook.again.okx': ['detector', 'gateway', 'keeper'],
  'crossbook.opportunity.BTC': ['detector'],
  'crossbook.signed-calls.one': ['collector'],
  'crossbook.record.refusals.one': ['detector'],
  'crossbook.record.spreads.one': ['detector'],
  'crossbook.refusals.one': ['detector'],
  'crossbook.refusals-again': ['gateway'],
  'crossbook.explain.BTC': ['gateway'],
  'crossbook.identities.one': ['gateway'],
  'crossbook.state.symbols.watched': ['gateway'],
  'crossbook.state.identity.BTC': ['gateway'],
  'crossbook.state.recorder.one': ['recorder'],
  'crossbook.state.key.one': ['keeper'],
  'crossbook.state.credentials.one': ['keeper'],
  'crossbook.clock.one': ALL,
  'crossbook.else': [],
  else: [],
  '_INBOX_detector.one.two': [],
  '_INBOX_keeper.one.two': [],
  '$KV.crossbook_members.collector.one': ['collector'],
  '$KV.crossbook_members.detector.one': ['detector'],
  '$KV.crossbook_members.gateway.one': ['gateway'],
  '$KV.crossbook_members.recorder.one': ['recorder'],
  '$KV.crossbook_members.keeper.one': ['keeper'],
  '$KV.crossbook_claims.exchange.okx': ['collector'],
  '$KV.crossbook_claims.asset.BTC': ['detector'],
  '$KV.crossbook_claims.recorder.one': ['recorder'],
  '$KV.else.one': [],
  '$JS.API.STREAM.DELETE.CROSSBOOK_OPPORTUNITIES': [],
  '$JS.API.STREAM.DELETE.KV_crossbook_claims': [],
  '$JS.API.STREAM.PURGE.CROSSBOOK_RECORDS': [],
  '$JS.API.STREAM.PURGE.KV_crossbook_members': [],
  '$JS.API.STREAM.MSG.DELETE.CROSSBOOK_STATES': [],
  '$JS.API.STREAM.CREATE.ELSE': [],
  '$JS.API.STREAM.UPDATE.ELSE': [],
  '$JS.API.STREAM.CREATE.CROSSBOOK_STATES': MAKERS,
  '$JS.API.STREAM.UPDATE.KV_crossbook_claims': MAKERS,
  '$JS.API.STREAM.SNAPSHOT.CROSSBOOK_OPPORTUNITIES': [],
  '$JS.API.STREAM.RESTORE.CROSSBOOK_OPPORTUNITIES': [],
  '$JS.API.CONSUMER.CREATE.CROSSBOOK_OPPORTUNITIES.one': ['detector', 'gateway', 'recorder', 'keeper'],
  '$JS.API.CONSUMER.MSG.NEXT.CROSSBOOK_OPPORTUNITIES.one': ['detector', 'gateway', 'recorder', 'keeper'],
  '$JS.API.STREAM.MSG.GET.CROSSBOOK_OPPORTUNITIES': ['detector', 'gateway', 'recorder', 'keeper'],
  '$JS.API.DIRECT.GET.CROSSBOOK_OPPORTUNITIES.crossbook.opportunity.BTC': ['detector', 'gateway', 'recorder', 'keeper'],
  '$JS.API.CONSUMER.CREATE.CROSSBOOK_RECORDS.one': ['recorder'],
  '$JS.API.DIRECT.GET.CROSSBOOK_RECORDS': ['recorder'],
  '$JS.API.CONSUMER.CREATE.CROSSBOOK_STATES.one': ALL,
  '$JS.API.CONSUMER.DURABLE.CREATE.CROSSBOOK_STATES.one': [],
  '$SYS.REQ.SERVER.PING': [],
};

/** Who may subscribe to what; nobody else may. */
const HEARERS: Table = {
  'crossbook.book.*.*.*': ['detector', 'gateway'],
  'crossbook.book.*.BTC.*': ['detector', 'gateway'],
  'crossbook.exchange.*': ['detector', 'gateway', 'keeper'],
  'crossbook.again.okx': ['collector'],
  'crossbook.signed-calls.*': ['keeper'],
  'crossbook.refusals.*': ['gateway'],
  'crossbook.refusals-again': ['detector'],
  'crossbook.explain.*': ['detector'],
  'crossbook.identities.one': ['detector'],
  'crossbook.record.spreads.*': ['gateway'],
  'crossbook.record.refusals.*': [],
  'crossbook.opportunity.*': [],
  'crossbook.state.*.*': [],
  'crossbook.clock.one': ALL,
  'crossbook.>': [],
  '>': [],
  '$KV.>': [],
  '$JS.>': [],
  '$SYS.>': [],
  '_INBOX.>': [],
  '_INBOX_collector.>': ['collector'],
  '_INBOX_detector.>': ['detector'],
  '_INBOX_gateway.>': ['gateway'],
  '_INBOX_recorder.>': ['recorder'],
  '_INBOX_keeper.>': ['keeper'],
};

const ROWS = (table: Table): [ClusterRole, boolean, string][] =>
  Object.entries(table).flatMap(([subject, roles]) =>
    ALL.map((role): [ClusterRole, boolean, string] => [role, roles.includes(role), subject]),
  );

const STREAMS = [
  { name: 'CROSSBOOK_OPPORTUNITIES', subjects: ['crossbook.opportunity.*'], allow_direct: true },
  { name: 'CROSSBOOK_RECORDS', subjects: ['crossbook.record.*.*'], allow_direct: true },
  { name: 'CROSSBOOK_STATES', subjects: ['crossbook.state.*.*'], max_msgs_per_subject: 1, allow_direct: true },
];

describeWithServer('the permissions of each role', () => {
  let rig: NatsRig;
  const as = {} as Record<ClusterRole, Connected>;
  const raw: NatsConnection[] = [];

  beforeAll(async () => {
    rig = await NatsRig.create();
    await rig.start();
    for (const role of ALL) as[role] = await rig.connect(role);
  });

  afterAll(async () => {
    await Promise.all(raw.map((connection) => connection.close()));
    await rig.stop();
  });

  /** A stranger who stole a seed uses what programs he likes. */
  async function thief(role: ClusterRole): Promise<NatsConnection> {
    const connection = await connect({
      servers: `localhost:${rig.port}`,
      authenticator: nkeyAuthenticator(new TextEncoder().encode(readFileSync(rig.seedOf(role), 'utf8').trim())),
      inboxPrefix: inboxOf(role),
      tls: { caFile: rig.files.ca },
    });
    raw.push(connection);
    return connection;
  }

  describe('by subject', () => {
    it.each(ROWS(TELLERS))('%s publishes (%s): %s', async (role, isAllowed, subject) => {
      const { broker, refusals } = as[role];
      await refusals();
      broker.tell(subject, {});
      const refused = await refusals();
      if (isAllowed) expect(refused).toEqual([]);
      else expect(refused.join('\n')).toContain(`Publish to \\"${subject}\\"`);
    });

    it.each(ROWS(HEARERS))('%s subscribes (%s): %s', async (role, isAllowed, subject) => {
      const { broker, refusals } = as[role];
      await refusals();
      const stop = broker.listen(subject, () => undefined);
      const refused = await refusals();
      stop();
      if (isAllowed) expect(refused).toEqual([]);
      else expect(refused.join('\n')).toContain(`Subscription to \\"${subject}\\"`);
    });
  });

  describe('at work', () => {
    it('lets a recorder make the streams and buckets, and others open what is there', async () => {
      for (const config of STREAMS) {
        await expect(as.gateway.broker.streams.streams.add(config)).rejects.toThrow('Permissions Violation');
        await as.recorder.broker.streams.streams.add(config);
        await as.keeper.broker.streams.streams.update(config.name, { max_bytes: 1_048_576 });
        for (const role of ALL) {
          const { config: made } = await as[role].broker.streams.streams.info(config.name);
          expect(made.name).toBe(config.name);
        }
        for (const role of ALL) {
          await expect(as[role].broker.streams.streams.delete(config.name)).rejects.toThrow('Permissions Violation');
          await expect(as[role].broker.streams.streams.purge(config.name)).rejects.toThrow('Permissions Violation');
        }
      }
    });

    it('lets a role that comes first wait for the buckets, and each write and watch its part of them', async () => {
      const early = as.gateway.broker.bucket('crossbook_members', {});
      await waitFor('the gateway waits', () => as.gateway.lines.some((line) => line.includes('waiting for a bucket')));
      await as.recorder.broker.bucket('crossbook_members', { ttl: 60_000 });
      await as.recorder.broker.bucket('crossbook_claims', {});
      await early;
      for (const role of ALL) {
        const { broker } = as[role];
        const members = await broker.bucket('crossbook_members', {});
        const seen: string[] = [];
        const entries = await members.watch();
        const watching = (async () => {
          for await (const { key, operation } of entries) seen.push(`${operation} ${key}`);
        })();
        await members.put(`${role}.one`, '{}');
        expect((await members.get(`${role}.one`))?.string()).toBe('{}');
        await members.delete(`${role}.one`);
        await waitFor('all is watched', () => seen.includes(`DEL ${role}.one`));
        expect(seen).toContain(`PUT ${role}.one`);
        entries.stop();
        await watching;
        const other = ALL.find((one) => one !== role) ?? 'keeper';
        await expect(members.put(`${other}.one`, '{}')).rejects.toThrow('Permissions Violation');
      }
    });

    it('lets two detectors contend for an asset and nobody else claim one', async () => {
      const claims = await as.detector.broker.bucket('crossbook_claims', {});
      const revision = await claims.create('asset.BTC', '{"member":"one"}');
      await expect(claims.create('asset.BTC', '{"member":"two"}')).rejects.toThrow('wrong last sequence');
      await claims.update('asset.BTC', '{"member":"two"}', revision);
      for (const role of ALL.filter((one) => one !== 'detector')) {
        const bucket = await as[role].broker.bucket('crossbook_claims', {});
        expect((await bucket.get('asset.BTC'))?.json()).toEqual({ member: 'two' });
        await expect(bucket.delete('asset.BTC')).rejects.toThrow('Permissions Violation');
      }
    });

    it('lets a detector alone tell opportunities, and those read them that serve or store them', async () => {
      const { broker } = as.detector;
      const { seq } = await broker.stream.publish('crossbook.opportunity.ETH', '{"v":1}');
      for (const role of ALL.filter((one) => one !== 'detector')) {
        await expect(as[role].broker.stream.publish('crossbook.opportunity.ETH', '{}')).rejects.toThrow(
          'Permissions Violation',
        );
      }
      const last = await broker.streams.streams.getMessage('CROSSBOOK_OPPORTUNITIES', {
        last_by_subj: 'crossbook.opportunity.ETH',
      });
      expect(last?.seq).toBe(seq);
      const direct = await broker.streams.direct.getMessage('CROSSBOOK_OPPORTUNITIES', {
        last_by_subj: 'crossbook.opportunity.ETH',
      });
      expect(direct?.string()).toBe('{"v":1}');
      for (const role of ['gateway', 'recorder', 'keeper'] as const) {
        const consumer = await as[role].broker.stream.consumers.get('CROSSBOOK_OPPORTUNITIES', {});
        const messages = await consumer.consume();
        for await (const message of messages) {
          if (message.subject === 'crossbook.opportunity.ETH') expect(message.string()).toBe('{"v":1}');
          if (message.seq === seq) break;
        }
        await messages.close();
      }
      await expect(as.collector.broker.stream.consumers.get('CROSSBOOK_OPPORTUNITIES', {})).rejects.toThrow(
        'Permissions Violation',
      );
    });

    it('lets books, questions and answers through', async () => {
      const books: string[] = [];
      for (const role of ['detector', 'gateway'] as const) {
        as[role].broker.listen('crossbook.book.*.*.*', () => books.push(role));
        await as[role].refusals();
      }
      as.collector.broker.tell('crossbook.book.kraken.BTC.BTC=2FUSD', {});
      await waitFor('both hear it', () => books.length === 2);
      expect(books.sort()).toEqual(['detector', 'gateway']);
      as.detector.broker.listen('crossbook.explain.*', (message) => message.respond('{"explained":true}'));
      as.collector.broker.listen('crossbook.clock.c1', (message) => message.respond('{"nowMs":1}'));
      await Promise.all([as.detector.refusals(), as.collector.refusals()]);
      expect(await as.gateway.broker.ask('crossbook.explain.BTC', {})).toEqual({ explained: true });
      for (const role of ALL) expect(await as[role].broker.ask('crossbook.clock.c1', {})).toEqual({ nowMs: 1 });
    });

    it('has nobody answer where the one who asks may not speak', async () => {
      const gateway = await thief('gateway');
      const before = await as.detector.broker.streams.streams.info('CROSSBOOK_OPPORTUNITIES');
      gateway.publish('crossbook.explain.BTC', '{}', { reply: 'crossbook.opportunity.BTC' });
      await gateway.flush();
      await waitFor('the detector drops it', () =>
        as.detector.lines.some((line) => line.includes('wants its answer where no inbox is')),
      );
      await as.detector.refusals();
      const after = await as.detector.broker.streams.streams.info('CROSSBOOK_OPPORTUNITIES');
      expect(after.state.last_seq).toBe(before.state.last_seq);
    });

    it('keeps nobody from its states, and each from those of others', async () => {
      await as.keeper.broker.stream.publish('crossbook.state.key.k1', '{"ok":true}');
      await expect(as.collector.broker.stream.publish('crossbook.state.key.k1', '{}')).rejects.toThrow(
        'Permissions Violation',
      );
      for (const role of ALL) {
        const message = await as[role].broker.streams.direct.getMessage('CROSSBOOK_STATES', {
          last_by_subj: 'crossbook.state.key.k1',
        });
        expect(message?.string()).toBe('{"ok":true}');
      }
    });
  });
});
