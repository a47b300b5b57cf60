import { type DynamicModule, type FactoryProvider, Module } from '@nestjs/common';
import { HealthController } from './health.controller.js';
import { READINESS_CHECKS, type ReadinessCheck } from './readiness.js';

@Module({})
export class HealthModule {
  /**
   * Serves the probes.
   *
   * @param checks - How to make what readiness asks, from providers of global modules.
   */
  static asking(checks: Pick<FactoryProvider<ReadinessCheck[]>, 'inject' | 'useFactory'>): DynamicModule {
    return {
      module: HealthModule,
      controllers: [HealthController],
      providers: [{ provide: READINESS_CHECKS, ...checks }],
    };
  }
}
