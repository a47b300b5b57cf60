import type { AlertTarget } from '../../platform/config/index.js';
import { DiscordSender } from './discord.js';
import { MailSender } from './mail.js';
import type { Sender } from './sender.js';
import { SlackSender } from './slack.js';
import { TelegramSender } from './telegram.js';
import { WebhookSender } from './webhook.js';

/** Makes what tells a target; a new kind of target is one file and one line here. */
export function senderFor(target: AlertTarget): Sender {
  switch (target.type) {
    case 'telegram':
      return new TelegramSender(target);
    case 'discord':
      return new DiscordSender(target);
    case 'slack':
      return new SlackSender(target);
    case 'webhook':
      return new WebhookSender(target);
    case 'mail':
      return new MailSender(target);
  }
}
