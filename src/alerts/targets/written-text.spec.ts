import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { discordText } from './discord.js';
import { senderFor } from './senders.js';
import { slackText } from './slack.js';
import { telegramText } from './telegram.js';

const anything = fc.string({
  unit: fc.oneof(
    fc.constantFrom('@', '<', '>', '&', '*', '_', '\\', '!', '#', '\n', 'a', '😀'),
    fc.string({ unit: 'grapheme', maxLength: 1 }),
  ),
  maxLength: 5_000,
});
const unescaped = (html: string): string =>
  html.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&');

describe('what targets are written', () => {
  it('Telegram reads as the text itself within its bound, with no tag but the bold of the first line', () => {
    fc.assert(
      fc.property(anything, (text) => {
        const inner = telegramText(text).replace(/^<b>/, '').replace('</b>', '');
        expect(inner).not.toMatch(/[<>]/);
        const read = unescaped(inner);
        expect(read.length).toBeLessThanOrEqual(4_096);
        if (text.length <= 4_096) expect(read).toBe(text);
        else expect(text.startsWith(read.slice(0, -1))).toBe(true);
      }),
    );
  });

  it('Slack and Discord are within their bounds and mention nobody', () => {
    fc.assert(
      fc.property(anything, (text) => {
        expect(slackText(text).length).toBeLessThanOrEqual(4_000);
        expect(slackText(text)).not.toMatch(/[<>]|@(?!\u200B)|&(?!(amp|lt|gt);)/);
        expect(discordText(text).length).toBeLessThanOrEqual(2_000);
        expect(discordText(text)).not.toMatch(/@(?!\u200B)/);
        // Each bracket has a backslash of its own before it.
        expect(discordText(text).replace(/\\[^a-zA-Z0-9\s]/g, '')).not.toMatch(/[<*_`|~]/);
      }),
    );
  });

  it('keeps addresses of pages whole, and cuts no escape', () => {
    expect(discordText('see https://a.example/x_y-z?q=@me now_')).toBe('see https://a.example/x_y-z?q=%40me now\\_');
    expect(discordText('_'.repeat(1_500))).toBe(`${'\\_'.repeat(999)}…`);
    expect(slackText('<'.repeat(1_500))).toBe(`${'&lt;'.repeat(999)}…`);
  });
});

describe('secrets', () => {
  const discord = senderFor({ name: 'g', type: 'discord', perMinute: 1, baseUrl: 'https://discord.com' });
  const slack = senderFor({ name: 's', type: 'slack', perMinute: 1, baseUrl: 'https://hooks.slack.com' });
  const phone = senderFor({
    name: 'p',
    type: 'telegram',
    perMinute: 1,
    chatId: '1',
    baseUrl: 'https://api.telegram.org',
  });
  it.each([
    [discord, 'https://discord.com/api/webhooks/12345/abc-DEF_0', null],
    [discord, 'https://discord.com/api/v10/webhooks/12345/abc', null],
    [discord, 'https://evil.example/api/webhooks/12345/abc', 'must begin with https://discord.com/'],
    [discord, 'http://discord.com/api/webhooks/12345/abc', 'https://'],
    [discord, 'https://a:b@discord.com/api/webhooks/12345/abc', 'no user'],
    [discord, 'https://discord.com/api/webhooks/12345/abc?x=1', 'the whole address'],
    [discord, 'abc', 'must be an address'],
    [slack, 'https://hooks.slack.com/services/T0/B0/x', null],
    [slack, 'https://hooks.slack.com/', 'the whole address'],
    [phone, '123456:ABCDEFGHIJKLMNOPQRSTUVWX', null],
    [phone, '123456:ABCDEFGH/../../', 'must be a number'],
  ])('are looked at before they are sealed', (sender, secret, problem) => {
    const told = sender.secretProblem(secret);
    if (problem === null) expect(told).toBeNull();
    else expect(told).toContain(problem);
  });
});
