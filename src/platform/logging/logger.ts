import type { LoggerService } from '@nestjs/common';
import { type Logger as Pino, pino, stdTimeFunctions } from 'pino';
import { contextFields } from './log-context.js';
import { REDACT_PATHS } from './redact.js';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/**
 * JSON log lines: a static message plus fields. `error` means that a person must act.
 *
 * Lines made during a request, or while a key is worked with, carry its id too.
 */
export class Log {
  constructor(private readonly pino: Pino) {}

  /** A log whose lines carry these fields too. */
  child(fields: Record<string, unknown>): Log {
    return new Log(this.pino.child(fields));
  }

  debug(message: string, fields: Record<string, unknown> = {}): void {
    this.write('debug', message, fields);
  }

  info(message: string, fields: Record<string, unknown> = {}): void {
    this.write('info', message, fields);
  }

  warn(message: string, fields: Record<string, unknown> = {}): void {
    this.write('warn', message, fields);
  }

  error(message: string, fields: Record<string, unknown> = {}): void {
    this.write('error', message, fields);
  }

  private write(level: Exclude<LogLevel, 'silent'>, message: string, fields: Record<string, unknown>): void {
    if (!this.pino.isLevelEnabled(level)) return;
    const context = contextFields();
    this.pino[level](context ? { ...context, ...fields } : fields, message);
  }
}

/**
 * Opens the process's log on standard error, so that standard output stays for what a user asked for.
 *
 * @param level - The least severity written.
 * @returns The log.
 */
export function openLog(level: LogLevel): Log {
  return new Log(
    pino(
      {
        level,
        base: null,
        timestamp: stdTimeFunctions.isoTime,
        formatters: { level: (label) => ({ level: label }) },
        redact: { paths: REDACT_PATHS, censor: '[redacted]' },
      },
      pino.destination({ fd: 2, sync: true }),
    ),
  );
}

/** Lets the framework write through our log; its start-up chatter is debug. */
export class FrameworkLog implements LoggerService {
  constructor(private readonly logger: Log) {}

  log(message: unknown, context?: unknown): void {
    this.logger.debug(String(message), { context });
  }

  debug(message: unknown, context?: unknown): void {
    this.logger.debug(String(message), { context });
  }

  warn(message: unknown, context?: unknown): void {
    this.logger.warn(String(message), { context });
  }

  error(message: unknown, ...rest: unknown[]): void {
    // A start that fails is told in plain words by whoever started it; the framework's own telling would be a second.
    const context = rest.at(-1);
    if (context === 'ExceptionHandler' || context === 'NestApplication') {
      this.logger.debug(message instanceof Error ? message.message : String(message), { context });
      return;
    }
    this.logger.error(message instanceof Error ? message.message : String(message), { detail: rest.map(String) });
  }
}
