import { Inject, Injectable } from '@nestjs/common';
import { Secret } from '../exchanges/index.js';
import { TargetSecrets, VaultError } from '../keys/index.js';
import { Clock } from '../platform/clock/index.js';
import { SETTINGS, type Settings } from '../platform/config/index.js';
import { type ListEnvelope, listOf, parseBody, parseQuery, ProblemError } from '../platform/http/index.js';
import { alertQuery, decodeCursor, encodeCursor, resendInput } from './alert-query.js';
import type { AlertState, Message, StoredAlert } from './alert.js';
import { Deliverer } from './delivery/deliverer.js';
import type { LineState, TargetLine } from './delivery/target-line.js';
import { OutboxRepository } from './outbox.repository.js';

/** The longest secret, characters; an address of a webhook is about 130. */
const MAX_SECRET = 2_048;

/** A target as it is shown: never its secret. */
export interface TargetView extends LineState {
  readonly name: string;
  readonly type: string;
  /** Names of the rules that tell it. */
  readonly rules: readonly string[];
  readonly perMinute: number;
  readonly secret: 'set' | 'missing' | 'not_needed';
  /** What its secret is, in words; null where it needs none. */
  readonly secretIs: string | null;
  readonly secretSetAtMs: number | null;
  readonly delivered: number;
  readonly summed: number;
  readonly dead: number;
}

/** How a test went. */
export interface TestReport {
  readonly target: string;
  readonly id: string;
  readonly isDelivered: boolean;
  /** Why not; null where it was. */
  readonly reason: string | null;
  readonly durationMs: number;
}

/** What people do with alerts and their targets. */
@Injectable()
export class AlertsService {
  constructor(
    private readonly outbox: OutboxRepository,
    private readonly deliverer: Deliverer,
    private readonly secrets: TargetSecrets,
    private readonly clock: Clock,
    @Inject(SETTINGS) private readonly settings: Pick<Settings, 'alerts'>,
  ) {}

  /** @throws {ProblemError} 400 `bad_query`. */
  async page(raw: unknown): Promise<ListEnvelope<StoredAlert>> {
    const { limit, cursor, ...filter } = parseQuery(alertQuery, raw);
    const rows = await this.outbox.list(filter, limit + 1, cursor === undefined ? null : decodeCursor(cursor));
    const last = rows.length > limit ? rows[limit - 1] : undefined;
    return listOf(rows.slice(0, limit), last ? encodeCursor(last) : null);
  }

  async targets(): Promise<TargetView[]> {
    const secrets = new Map((await this.secrets.list()).map((one) => [one.name, one]));
    const counts = new Map((await this.outbox.counts()).map((row) => [`${row.target}\n${row.state}`, row.count]));
    const countOf = (target: string, state: AlertState): number => counts.get(`${target}\n${state}`) ?? 0;
    return this.deliverer.lines.map(({ target: { name, type, perMinute }, sender: { secretIs }, state }) => {
      const secret = secrets.get(name);
      return {
        ...{ name, type, perMinute, secretIs },
        rules: this.settings.alerts.rules.filter(({ targets }) => targets.includes(name)).map((rule) => rule.name),
        secret: secretIs === null ? 'not_needed' : secret ? 'set' : 'missing',
        secretSetAtMs: secret?.setAtMs ?? null,
        ...state,
        waiting: countOf(name, 'waiting'),
        delivered: countOf(name, 'delivered'),
        summed: countOf(name, 'summed'),
        dead: countOf(name, 'dead'),
      };
    });
  }

  /**
   * Seals the secret of a target; what waits for it goes out at once.
   *
   * @throws {ProblemError} 404 `unknown_target`, 409 `no_secret_needed`, 400 `bad_body` that repeats nothing of it.
   */
  async setSecret(name: string, body: unknown, actor: string): Promise<void> {
    const line = this.lineOf(name);
    if (line.sender.secretIs === null) {
      const detail = `the target ${name} needs no secret: a mail server is logged in at only with a "user"`;
      throw new ProblemError(409, 'no_secret_needed', detail);
    }
    const secret = secretIn(body);
    const problem = line.sender.secretProblem(secret);
    if (problem !== null) {
      throw new ProblemError(400, 'bad_body', `secret, ${line.sender.secretIs}, ${problem}`, 'secret');
    }
    await told(this.secrets.put(name, new Secret(secret), actor));
    await line.resume();
    this.deliverer.wake();
  }

  /** @throws {ProblemError} 404 `no_secret`: a target that is configured no more may still have one. */
  async removeSecret(name: string, actor: string): Promise<void> {
    if (isPlain(name) && (await this.secrets.remove(name, actor))) return;
    throw new ProblemError(404, 'no_secret', `no secret is stored for ${JSON.stringify(name)}`);
  }

  /** Sends something that says it is a test. @throws {ProblemError} 404 `unknown_target`. */
  async test(name: string): Promise<TestReport> {
    const line = this.lineOf(name);
    const startedAtMs = this.clock.nowMs();
    const message: Message = {
      ...{ id: globalThis.crypto.randomUUID(), rule: '', kind: 'test', severity: 'info', fields: {} },
      text: `Test of the alert target ${name}\nNothing happened: this was sent to see that it arrives.`,
      atMs: Math.floor(startedAtMs),
    };
    const outcome = await line.tell(message);
    return {
      ...{ target: name, id: message.id, isDelivered: outcome.isTaken },
      reason: outcome.isTaken ? null : outcome.reason,
      durationMs: Math.round(this.clock.nowMs() - startedAtMs),
    };
  }

  /** Sends one dead alert again. @throws {ProblemError} 404 `no_such_alert`, 409 `not_dead` or `unknown_target`. */
  async resend(id: string): Promise<StoredAlert> {
    const alert = isPlain(id) ? await this.outbox.find(id) : null;
    if (!alert) throw new ProblemError(404, 'no_such_alert', `there is no alert ${JSON.stringify(id)}`, 'id');
    if (alert.state !== 'dead') {
      throw new ProblemError(409, 'not_dead', `that alert is ${alert.state}; only what is dead is sent again`);
    }
    if (!this.deliverer.lineOf(alert.target)) {
      const detail = `its target ${alert.target} is not in alerts.targets any more; put it there again first`;
      throw new ProblemError(409, 'unknown_target', detail);
    }
    await this.outbox.resend(this.deliverer.names, Math.floor(this.clock.nowMs()), id);
    this.deliverer.wake();
    return (await this.outbox.find(id)) ?? alert;
  }

  /** Sends every dead alert again, or those of one target. @throws {ProblemError} 404 `unknown_target`. */
  async resendAll(body: unknown): Promise<{ readonly resent: number }> {
    const { target } = parseBody(resendInput, body ?? {});
    const names = target === undefined ? this.deliverer.names : [this.lineOf(target).target.name];
    const resent = await this.outbox.resend(names, Math.floor(this.clock.nowMs()));
    this.deliverer.wake();
    return { resent };
  }

  private lineOf(name: string): TargetLine {
    const line = this.deliverer.lineOf(name);
    if (line) return line;
    const known = this.deliverer.names.length === 0 ? 'none is' : `there are ${this.deliverer.names.join(', ')}`;
    throw new ProblemError(404, 'unknown_target', `${JSON.stringify(name)} is no target in alerts.targets; ${known}`);
  }
}

/** What names a row here: the database is asked for nothing else, and could not be for a NUL character. */
function isPlain(text: string): boolean {
  return /^[\w.-]{1,64}$/.test(text);
}

/** Reads a body by hand: no message of a schema repeats what stands in it. */
function secretIn(body: unknown): string {
  const given = body as Record<string, unknown> | null | undefined;
  const secret = given?.['secret'];
  if (typeof secret !== 'string' || secret.length === 0 || secret.length > MAX_SECRET) {
    throw new ProblemError(400, 'bad_body', `secret must be text of 1 to ${MAX_SECRET} characters`, 'secret');
  }
  if (Object.keys(given ?? {}).length > 1)
    throw new ProblemError(400, 'bad_body', 'the body holds "secret" and no more');
  return secret;
}

async function told<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof VaultError) throw new ProblemError(503, error.code, error.message);
    throw error;
  }
}
