import { hostname } from 'node:os';
import type { OnApplicationShutdown } from '@nestjs/common';
import { type ClusterRole, type Role, type Settings, StartupError } from '../../platform/config/index.js';
import type { Log } from '../../platform/logging/index.js';
import { Broker } from '../../platform/nats/index.js';
import { CLAIMS, MEMBERS } from '../subjects.js';
import { Claims } from './claims.js';
import { Membership } from './membership.js';
import { ensureStreams } from './streams.js';

/** The bucket forgets members that are long gone, by leases. */
const REMEMBERED_LEASES = 20;

/** What joins this process with the others: the broker, who lives, and who owns what. */
export class ClusterLink implements OnApplicationShutdown {
  private constructor(
    readonly broker: Broker,
    readonly members: Membership,
    readonly claims: Claims,
  ) {}

  /**
   * Reaches the broker, makes what is missing there, and joins.
   *
   * @param settings - Who we are and where it is.
   * @throws {StartupError} If the broker refuses us.
   */
  static async open(settings: Settings, log: Log): Promise<ClusterLink> {
    const { cluster } = settings;
    const role = roleOf(settings.role);
    const id =
      cluster.member ??
      `${hostname()
        .replace(/[^A-Za-z0-9_-]/g, '-')
        .slice(0, 40)}-${process.pid}`;
    const broker = await Broker.open(settings, log, `crossbook ${role} ${id}`);
    await ensureStreams(broker, settings, log);
    const ttl = cluster.leaseMs * REMEMBERED_LEASES;
    const members = new Membership(broker, await broker.bucket(MEMBERS, { ttl }), { id, role }, cluster.leaseMs, log);
    const claims = new Claims(await broker.bucket(CLAIMS, {}), id);
    await claims.follow(broker);
    await members.join();
    log.info('this process is a member', { role, member: id });
    return new ClusterLink(broker, members, claims);
  }

  /** Who we are among the others. */
  get id(): string {
    return this.members.self.id;
  }

  /** After everything that was owned is given up. */
  async onApplicationShutdown(): Promise<void> {
    await this.claims.close();
    await this.members.leave();
    await this.broker.close();
  }
}

function roleOf(role: Role): ClusterRole {
  if (role === 'all') throw new StartupError('role: all works alone; name one of the others to join a cluster');
  return role;
}
