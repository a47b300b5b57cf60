import type { Secret } from '../../exchanges/index.js';
import type { AlertTarget } from '../../platform/config/index.js';
import type { Message } from '../alert.js';
import { outcomeOf, postJson } from './http-post.js';
import type { Attempt, Outcome, Sender } from './sender.js';
import { signatureOf } from './signature.js';

/** A key of fewer characters could be guessed. */
const MIN_KEY = 24;
const MAX_KEY = 512;

/** A program of the owner's, told by a request that it can check. */
export class WebhookSender implements Sender {
  readonly secretIs = `the key that signs, ${MIN_KEY} characters or more (openssl rand -base64 32)`;

  constructor(private readonly target: Extract<AlertTarget, { type: 'webhook' }>) {}

  secretProblem(secret: string): string | null {
    return secret.length >= MIN_KEY && secret.length <= MAX_KEY
      ? null
      : `must hold ${MIN_KEY} to ${MAX_KEY} characters; make one with: openssl rand -base64 32`;
  }

  async send(message: Message, secret: Secret | null, { nowMs, timeoutMs }: Attempt): Promise<Outcome> {
    const { id, rule, kind, severity, text, fields, atMs } = message;
    const timestamp = String(Math.floor(nowMs / 1_000));
    const body = JSON.stringify({ v: 1, id, rule, kind, severity, text, fields, atMs });
    const reply = await postJson({
      url: this.target.url,
      timeoutMs,
      body,
      headers: {
        'X-Crossbook-Id': id,
        'X-Crossbook-Timestamp': timestamp,
        'X-Crossbook-Signature': signatureOf(secret?.reveal() ?? '', timestamp, body),
      },
    });
    return 'isTaken' in reply ? reply : outcomeOf(reply, null);
  }
}
