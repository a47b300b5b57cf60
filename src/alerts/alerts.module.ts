import { Module } from '@nestjs/common';
import { AlertInputs } from './alert-inputs.js';
import { AlertIntake } from './alert-intake.js';
import { AlertMetrics } from './alert-metrics.js';
import { AlertQueue } from './alert-queue.js';
import { AlertTally } from './alert-tally.js';
import { AlertsController } from './alerts.controller.js';
import { AlertsService } from './alerts.service.js';
import { Deliverer } from './delivery/deliverer.js';
import { OutboxRepository } from './outbox.repository.js';

/** Alerts that reach people: rules, an outbox, and one line to each target. */
@Module({
  controllers: [AlertsController],
  providers: [
    OutboxRepository,
    AlertTally,
    Deliverer,
    AlertQueue,
    AlertInputs,
    AlertIntake,
    AlertsService,
    AlertMetrics,
  ],
})
export class AlertsModule {}
