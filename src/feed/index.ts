export { installFeed } from './feed-socket.adapter.js';
export { FeedModule } from './feed.module.js';
