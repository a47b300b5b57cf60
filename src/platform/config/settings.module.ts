import { type DynamicModule, Module } from '@nestjs/common';
import type { Settings } from './settings.schema.js';

/** DI token of the effective {@link Settings}. */
export const SETTINGS = Symbol('SETTINGS');

@Module({})
export class SettingsModule {
  static using(settings: Settings): DynamicModule {
    return {
      module: SettingsModule,
      global: true,
      providers: [{ provide: SETTINGS, useValue: settings }],
      exports: [SETTINGS],
    };
  }
}
