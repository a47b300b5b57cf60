import { Injectable } from '@nestjs/common';
import { productVersion } from '../config/index.js';
import { gauge, type SetMetric } from './metric-family.js';
import { MetricSource } from './metric-source.js';

const BUILD_INFO = gauge('crossbook_build_info', 'Always 1; which version runs on which node', 'version', 'node');

/** What runs. */
@Injectable()
export class BuildMetrics extends MetricSource {
  override readonly families = [BUILD_INFO];
  private readonly labels = { version: productVersion(), node: process.version };

  override collect(set: SetMetric): void {
    set(BUILD_INFO, 1, this.labels);
  }
}
