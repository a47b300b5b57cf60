export { installFeed } from './feed-socket.adapter.js';
export { FeedModule } from './feed.module.js';
export { PortfolioFeed, type RecordedKind, RecorderProgress } from './ports.js';
