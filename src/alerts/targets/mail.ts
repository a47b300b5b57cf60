import { createTransport } from 'nodemailer';
import { cut, oneLine } from '../../core/alerts/alert-template.js';
import type { Secret } from '../../exchanges/index.js';
import type { AlertTarget } from '../../platform/config/index.js';
import type { Message } from '../alert.js';
import { type Attempt, later, never, type Outcome, type Sender, TAKEN } from './sender.js';

type Target = Extract<AlertTarget, { type: 'mail' }>;

/** Longest subject that programs show whole. */
const SUBJECT_CHARACTERS = 150;

/** A fault as nodemailer tells it; its message may repeat what the server said, and with it who logs in. */
interface MailFault {
  readonly code?: string;
  readonly responseCode?: number;
}

/** Mailboxes, told through an SMTP server. */
export class MailSender implements Sender {
  readonly secretIs: string | null;

  constructor(private readonly target: Target) {
    this.secretIs = target.user === undefined ? null : `the password of ${target.user} at ${target.host}`;
  }

  secretProblem(secret: string): string | null {
    return secret.length > 0 && secret.length <= 1_024 ? null : 'must hold 1 to 1024 characters';
  }

  async send(message: Message, secret: Secret | null, { timeoutMs }: Attempt): Promise<Outcome> {
    const { from, to } = this.target;
    const transport = createTransport(optionsFor(this.target, secret, timeoutMs));
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<Outcome>((resolve) => {
      timer = setTimeout(() => {
        resolve(later(`not taken within ${timeoutMs} ms`));
      }, timeoutMs);
    });
    const [subject = ''] = message.text.split('\n', 1);
    const sending = transport
      .sendMail({
        ...{ from, to, text: message.text },
        subject: cut(oneLine(`[crossbook] ${subject}`), SUBJECT_CHARACTERS),
        date: new Date(message.atMs),
        // The same for every attempt: most programs show a mail with the same id once.
        messageId: `<${message.id}@${from.split('@')[1] ?? 'crossbook'}>`,
        headers: { 'X-Crossbook-Id': message.id, 'Auto-Submitted': 'auto-generated' },
        disableFileAccess: true,
        disableUrlAccess: true,
      })
      .then((): Outcome => TAKEN, outcomeOfFault);
    try {
      return await Promise.race([sending, tooLate]);
    } finally {
      clearTimeout(timer);
      transport.close();
    }
  }
}

function optionsFor(
  { host, port, security, user }: Target,
  secret: Secret | null,
  timeoutMs: number,
): Parameters<typeof createTransport>[0] {
  return {
    ...{ host, port, secure: security === 'tls', requireTLS: security === 'starttls', ignoreTLS: security === 'none' },
    ...(user === undefined ? {} : { auth: { user, pass: secret?.reveal() ?? '' } }),
    // What is left of an attempt that took too long ends by itself.
    ...{ connectionTimeout: timeoutMs, greetingTimeout: timeoutMs, socketTimeout: timeoutMs, dnsTimeout: timeoutMs },
  };
}

/** By RFC 5321, section 4.2.1: 4yz may be taken later, 5yz never will. */
function outcomeOfFault(error: unknown): Outcome {
  const { code, responseCode } = error as MailFault;
  const reason = [responseCode === undefined ? null : `SMTP ${responseCode}`, code ?? null]
    .filter((part) => part !== null)
    .join(' ');
  const told = reason === '' ? 'not reached' : reason;
  return responseCode !== undefined && responseCode >= 500 ? never(told) : later(told);
}
