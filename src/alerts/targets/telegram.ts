import type { Secret } from '../../exchanges/index.js';
import type { AlertTarget } from '../../platform/config/index.js';
import type { Message } from '../alert.js';
import { outcomeOf, postJson, secondsIn, textIn } from './http-post.js';
import { type Attempt, later, never, type Outcome, type Sender } from './sender.js';
import { type Writing, writtenText } from './written-text.js';

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Most that a message holds after its entities are read: https://core.telegram.org/bots/api#sendmessage. */
const WRITING: Writing = { limit: 4_096, counts: 'raw', write: (piece) => ENTITIES[piece] ?? piece };

/** Writes an alert as Telegram's HTML, with its first line in bold; nothing in it is read as markup. */
export function telegramText(text: string): string {
  const written = writtenText(text, WRITING);
  const end = written.indexOf('\n');
  return end < 0 ? `<b>${written}</b>` : `<b>${written.slice(0, end)}</b>${written.slice(end)}`;
}

/** A chat of Telegram, told by a bot. */
export class TelegramSender implements Sender {
  readonly secretIs = 'the token of the bot, as BotFather gave it (123456:ABC…)';

  constructor(private readonly target: Extract<AlertTarget, { type: 'telegram' }>) {}

  secretProblem(secret: string): string | null {
    return /^\d{3,20}:[A-Za-z0-9_-]{20,100}$/.test(secret) ? null : 'must be a number, ":" and the rest of the token';
  }

  async send(message: Message, secret: Secret | null, { timeoutMs }: Attempt): Promise<Outcome> {
    const { baseUrl, chatId, threadId } = this.target;
    const reply = await postJson({
      url: `${baseUrl.replace(/\/$/, '')}/bot${secret?.reveal() ?? ''}/sendMessage`,
      timeoutMs,
      body: JSON.stringify({
        chat_id: chatId,
        text: telegramText(message.text),
        parse_mode: 'HTML',
        link_preview_options: { is_disabled: true },
        ...(threadId === undefined ? {} : { message_thread_id: threadId }),
      }),
    });
    if ('isTaken' in reply) return reply;
    const outcome = outcomeOf(
      reply,
      textIn(reply.json, 'description'),
      secondsIn(reply.json?.['parameters'], 'retry_after'),
    );
    if (outcome.isTaken && reply.json?.['ok'] !== true) return later('the answer is not one of Telegram');
    // A group that became a supergroup has another id from then on.
    const moved = (reply.json?.['parameters'] as Record<string, unknown> | undefined)?.['migrate_to_chat_id'];
    return typeof moved === 'number' ? never(`the chat has moved: set its chatId to ${moved}`) : outcome;
  }
}
