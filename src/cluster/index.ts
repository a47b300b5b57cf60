export { ClusterModule } from './cluster.module.js';
export { ClusterLink } from './link/cluster-link.js';
export { RemoteOpportunities } from './reader/remote-opportunities.js';
export { RowStore } from './recorder/recorded-opportunities.js';
export { type NatsConf, NatsConfError, natsConfText, permissionsOf, type Rights, rightsOf } from './nats-conf.js';
