export { LogContext, withLogFields } from './log-context.js';
export { FrameworkLog, Log, openLog, type LogLevel } from './logger.js';
export { LoggingModule } from './logging.module.js';
