import type { Secret } from '../../exchanges/index.js';
import type { AlertTarget } from '../../platform/config/index.js';
import type { Message } from '../alert.js';
import { hookProblem } from './hook-address.js';
import { outcomeOf, postJson } from './http-post.js';
import type { Attempt, Outcome, Sender } from './sender.js';
import { type Writing, writtenText } from './written-text.js';

const HOOK = /^(\/[\w-]+)*\/(services|workflows|triggers)\/[\w/-]+$/;
const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '@': '@\u200B' };

/**
 * Slack advises at most 4,000 characters; with these escaped, `<!channel>` and `<@U123>` are only words:
 * https://docs.slack.dev/messaging/formatting-message-text.
 */
const WRITING: Writing = { limit: 4_000, counts: 'written', write: (piece) => ESCAPES[piece] ?? piece };

/** Writes an alert so that Slack mentions nobody in it and follows no link of its own making. */
export function slackText(text: string): string {
  return writtenText(text, WRITING);
}

/** A channel of Slack, told by an incoming webhook. */
export class SlackSender implements Sender {
  readonly secretIs = 'the address of the incoming webhook (https://hooks.slack.com/services/…)';

  constructor(private readonly target: Extract<AlertTarget, { type: 'slack' }>) {}

  secretProblem(secret: string): string | null {
    return hookProblem(secret, this.target.baseUrl, HOOK);
  }

  async send(message: Message, secret: Secret | null, { timeoutMs }: Attempt): Promise<Outcome> {
    const reply = await postJson({
      url: secret?.reveal() ?? '',
      timeoutMs,
      body: JSON.stringify({
        text: slackText(message.text),
        // Stars and underscores are shown as they are.
        mrkdwn: false,
        unfurl_links: false,
        unfurl_media: false,
      }),
    });
    if ('isTaken' in reply) return reply;
    // It answers in words: `invalid_payload`, `no_service`, `channel_is_archived`.
    return outcomeOf(reply, /^\w{1,60}$/.test(reply.text.trim()) ? reply.text.trim() : null);
  }
}
