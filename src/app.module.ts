import { type DynamicModule, Module } from '@nestjs/common';
import { DetectionModule, DetectionService } from './detection/index.js';
import { FeedModule } from './feed/index.js';
import { AuthModule } from './platform/auth/index.js';
import { ClockModule } from './platform/clock/index.js';
import { type Settings, SettingsModule } from './platform/config/index.js';
import { HealthModule, type ReadinessCheck } from './platform/health/index.js';
import { type Log, LoggingModule } from './platform/logging/index.js';

function readinessChecks(detection: DetectionService): ReadinessCheck[] {
  return [
    {
      name: 'detection',
      check: () => Promise.resolve(detection.isRunning ? null : 'does not run'),
    },
  ];
}

/** The composition root: every room, and nothing else. */
@Module({})
export class AppModule {
  static using(settings: Settings, log: Log): DynamicModule {
    return {
      module: AppModule,
      imports: [
        SettingsModule.using(settings),
        LoggingModule.using(log),
        ClockModule,
        AuthModule,
        DetectionModule,
        FeedModule,
        HealthModule.asking({ inject: [DetectionService], useFactory: readinessChecks }),
      ],
    };
  }
}
