import { type DynamicModule, Module } from '@nestjs/common';
import { Log } from './logger.js';

@Module({})
export class LoggingModule {
  static using(log: Log): DynamicModule {
    return { module: LoggingModule, global: true, providers: [{ provide: Log, useValue: log }], exports: [Log] };
  }
}
