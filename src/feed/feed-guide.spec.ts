import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
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

  it('tells the limits as they are', () => {
    expect(guide).toContain(`"maxMessageBytes": ${limits.MAX_MESSAGE_BYTES},`);
    expect(guide).toContain(`"messagesPerSecond": ${limits.MESSAGES_PER_SECOND},`);
    expect(guide).toContain(`"messageBurst": ${limits.MESSAGE_BURST},`);
    expect(guide).toContain(`"conflateMs": { "min": ${limits.MIN_CONFLATE_MS}, "max": ${limits.MAX_CONFLATE_MS} }`);
    expect(guide).toContain(`| ${limits.MAX_FAULTS_IN_A_ROW} messages in a row`);
    expect(guide).toContain(`${limits.MAX_WRONG_TOKENS} unknown tokens`);
    expect(guide).toContain(`${limits.MAX_FILTER_BYTES / 1_024} kB of filters together`);
    expect(guide).toContain(`| ${limits.MAX_OVER_RATE} messages more than`);
  });
});
