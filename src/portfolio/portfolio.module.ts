import { type Abstract, type DynamicModule, Global, Module } from '@nestjs/common';
import type { Portfolio } from '../core/portfolio/portfolio.js';
import { PortfolioController } from './portfolio.controller.js';
import { PortfolioService } from './portfolio.service.js';

/** What others ask of the portfolio. */
interface PortfolioPort {
  view(): Portfolio;
}

/** The balances that keys may read and what they are worth. */
@Global()
@Module({})
export class PortfolioModule {
  /**
   * @param port - The port under which others, who do not know this feature, ask for the portfolio.
   * @returns The module with that port bound.
   */
  static providing(port: Abstract<PortfolioPort>): DynamicModule {
    return {
      module: PortfolioModule,
      controllers: [PortfolioController],
      providers: [PortfolioService, { provide: port, useExisting: PortfolioService }],
      exports: [port],
    };
  }
}
