export { FrameworkLog, Log, openLog, type LogLevel } from './logger.js';
export { LoggingModule } from './logging.module.js';
