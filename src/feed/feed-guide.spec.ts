import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { FakeKeyHealthFeed, FakeMarketSource, FakeOpportunityFeed } from '../../test/support/fake-ports.js';
import { channelSources } from './channels/channel-sources.js';
import { CLOSE_CODES } from './close-codes.js';
import { FAULT_CODES } from './feed.errors.js';
import * as limits from './feed-limits.js';

const guide = readFileSync(path.resolve(import.meta.dirname, '../../docs/feed.md'), 'utf8');

describe('the guide to the feed', () => {
  it.each(FAULT_CODES)('explains the error code %s', (code) => {
    expect(guide).toMatch(new RegExp(`^\\| .*\`${code}\`.* \\|$`, 'm'));
  });

  it.each(Object.values(CLOSE_CODES))('explains the close code %d', (code) => {
    expect(guide).toContain(`| ${code} `);
  });

  it('tells of every channel, and its filter whole', () => {
    const feed = new FakeOpportunityFeed();
    const sources = channelSources(feed, new FakeMarketSource(), new FakeKeyHealthFeed());
    for (const source of sources) {
      const { name, scope } = source;
      const row = new RegExp(`^\\| \`${name}\` +\\| \`${scope}\` +\\|.*\\| ([^|]+) \\|$`, 'm').exec(guide)?.[1] ?? '';
      const fields = [...row.matchAll(/`(\w+)`/g)].map(([, field]) => field);
      expect(fields.length).toBeGreaterThan(0);
      const known = new RegExp(`known are ${fields.join(', ')}$`);
      expect(() => source.filter({ nothing: 1 })).toThrow(known);
    }
  });

  it('tells the limits as they are', () => {
    expect(guide).toContain(`"maxMessageBytes": ${limits.MAX_MESSAGE_BYTES},`);
    expect(guide).toContain(`"messagesPerSecond": ${limits.MESSAGES_PER_SECOND},`);
    expect(guide).toContain(`"messageBurst": ${limits.MESSAGE_BURST},`);
    expect(guide).toContain(`"conflateMs": { "min": ${limits.MIN_CONFLATE_MS}, "max": ${limits.MAX_CONFLATE_MS} }`);
    expect(guide).toContain(`| ${limits.MAX_FAULTS_IN_A_ROW} messages in a row`);
    expect(guide).toContain(`| ${limits.MAX_OVER_RATE} messages more than`);
  });
});
