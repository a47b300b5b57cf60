import type { Secret } from '../../exchanges/index.js';
import type { AlertTarget } from '../../platform/config/index.js';
import type { Message } from '../alert.js';
import { hookProblem } from './hook-address.js';
import { outcomeOf, postJson, secondsIn, textIn } from './http-post.js';
import type { Attempt, Outcome, Sender } from './sender.js';
import { type Writing, writtenWithAddresses } from './written-text.js';

const HOOK = /^(\/[\w-]+)*\/api(\/v\d+)?\/webhooks\/\d+\/[\w-]+$/;
/** No pages are shown below a message. */
const SUPPRESS_EMBEDS = 4;

/** Most of `content`: https://discord.com/developers/docs/resources/webhook#execute-webhook. */
const WRITING: Writing = {
  limit: 2_000,
  counts: 'written',
  // A blank of no width behind it keeps @everyone a word also where mentions are not forbidden.
  write: (piece) => (piece === '@' ? '@\u200B' : /[\\*_~|`>#<[\]()-]/.test(piece) ? `\\${piece}` : piece),
};

/** Writes an alert so that Discord shows it as it is: no markup, no mention. */
export function discordText(text: string): string {
  return writtenWithAddresses(text, WRITING, (url) => url.replaceAll('@', '%40'));
}

/** A channel of Discord, told by a webhook. */
export class DiscordSender implements Sender {
  readonly secretIs = 'the address of the webhook (https://discord.com/api/webhooks/…)';

  constructor(private readonly target: Extract<AlertTarget, { type: 'discord' }>) {}

  secretProblem(secret: string): string | null {
    return hookProblem(secret, this.target.baseUrl, HOOK);
  }

  async send(message: Message, secret: Secret | null, { timeoutMs }: Attempt): Promise<Outcome> {
    const reply = await postJson({
      // Without `wait` it is answered before it is known whether it can be shown.
      url: `${secret?.reveal() ?? ''}?wait=true`,
      timeoutMs,
      body: JSON.stringify({
        content: discordText(message.text),
        allowed_mentions: { parse: [] },
        flags: SUPPRESS_EMBEDS,
      }),
    });
    if ('isTaken' in reply) return reply;
    return outcomeOf(reply, textIn(reply.json, 'message'), secondsIn(reply.json, 'retry_after'));
  }
}
