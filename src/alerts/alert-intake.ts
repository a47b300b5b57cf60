import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  type OnApplicationBootstrap,
  type OnModuleInit,
} from '@nestjs/common';
import { type Observable, Subscription } from 'rxjs';
import { Clock } from '../platform/clock/index.js';
import { SETTINGS, type Settings } from '../platform/config/index.js';
import { AlertInputs } from './alert-inputs.js';
import { AlertQueue } from './alert-queue.js';
import { AlertTally, textOf } from './alert-tally.js';
import { RuleEngine } from './rules/rule-engine.js';
import type { AlertInput } from './rules/watch.js';

/** Longest time that shutdown waits for the last rows. */
const SHUTDOWN_WAIT_MS = 2_000;

/** Lets the rules see what happens, and hands on what they decide. Without rules it listens to nothing. */
@Injectable()
export class AlertIntake implements OnModuleInit, OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly subscription = new Subscription();
  private readonly engine: RuleEngine | null;

  constructor(
    private readonly inputs: AlertInputs,
    private readonly queue: AlertQueue,
    private readonly tally: AlertTally,
    private readonly clock: Clock,
    @Inject(SETTINGS) { alerts }: Pick<Settings, 'alerts'>,
  ) {
    this.engine = alerts.rules.length === 0 ? null : new RuleEngine(alerts.rules, clock.nowMs());
  }

  /** Listens before detection begins. */
  onModuleInit(): void {
    const { engine } = this;
    if (!engine) return;
    this.hear(this.inputs.coming(), (input) => {
      this.judge(engine, input);
    });
    this.hear(this.queue.storing(), () => undefined);
  }

  onApplicationBootstrap(): void {
    const { engine } = this;
    if (engine) for (const input of this.inputs.standing()) this.judge(engine, input);
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.subscription.unsubscribe();
    await this.queue.finish(SHUTDOWN_WAIT_MS);
  }

  private judge(engine: RuleEngine, input: AlertInput): void {
    const { alerts, dropped } = engine.step(input, Math.floor(this.clock.nowMs()));
    for (const reason of dropped) this.tally.drop(reason);
    for (const alert of alerts) this.queue.push(alert);
    // One that came while the last batch was just stored would wait for the next one: time nudges too.
    if (alerts.length > 0 || input.type === 'tick') this.queue.nudge();
  }

  private hear<T>(source$: Observable<T>, next: (value: T) => void): void {
    const error = (fault: unknown): void => {
      // None of these streams fails by design; if one does, a person must know that nobody is told any more.
      this.tally.log.error('alerts stopped', { reason: textOf(fault) });
    };
    this.subscription.add(source$.subscribe({ next, error }));
  }
}
