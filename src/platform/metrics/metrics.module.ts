import { Module, type OnModuleInit } from '@nestjs/common';
import { DiscoveryModule, DiscoveryService } from '@nestjs/core';
import { BuildMetrics } from './build-metrics.js';
import { MetricSource } from './metric-source.js';
import { MetricsController } from './metrics.controller.js';
import { Metrics } from './metrics.js';
import { RequestMetrics } from './request-metrics.js';

/** Serves `/metrics` of every {@link MetricSource} in the application; imported once, by the composition root. */
@Module({
  imports: [DiscoveryModule],
  controllers: [MetricsController],
  providers: [Metrics, BuildMetrics, RequestMetrics],
})
export class MetricsModule implements OnModuleInit {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    const found = this.discovery.getProviders().map(({ instance }) => instance as unknown);
    // A provider may be reached under several tokens.
    for (const source of new Set(found)) if (source instanceof MetricSource) this.metrics.add(source);
    this.metrics.addProcessDefaults();
  }
}
