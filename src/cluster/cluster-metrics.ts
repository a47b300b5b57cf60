import { CLUSTER_ROLES } from '../platform/config/index.js';
import { gauge, MetricSource, type SetMetric } from '../platform/metrics/index.js';
import type { ClusterLink } from './link/cluster-link.js';

const UP = gauge('crossbook_cluster_up', '1 while NATS is reached and the others see this member');
const MEMBERS = gauge('crossbook_cluster_members', 'Members that live, as this one sees it', 'role');
const OWNED = gauge('crossbook_cluster_owned', 'Exchanges, assets or recordings that this member owns', 'kind');
const WAITING = gauge('crossbook_cluster_waiting', 'Messages of this member that NATS has not taken yet');

/** What a member of a cluster tells beside what every process does. */
export const CLUSTER_FAMILIES = [UP, MEMBERS, OWNED, WAITING];

/** What a role tells of its share. */
export interface Share {
  readonly kind: 'exchange' | 'asset' | 'recorder';
  /** How many are owned. */
  readonly owned: number;
  /** Messages that wait for the broker. */
  readonly waiting: number;
}

/** Tells of this member's place among the others. */
export class ClusterMetrics extends MetricSource {
  override readonly families = CLUSTER_FAMILIES;

  constructor(
    private readonly link: ClusterLink,
    private readonly share: () => Share | null,
  ) {
    super();
  }

  override collect(set: SetMetric): void {
    const { broker, members } = this.link;
    set(UP, Number(broker.isUp && members.isTrusted), {});
    for (const role of CLUSTER_ROLES) set(MEMBERS, members.living(role).length, { role });
    const share = this.share();
    if (!share) return;
    set(OWNED, share.owned, { kind: share.kind });
    set(WAITING, share.waiting, {});
  }
}
