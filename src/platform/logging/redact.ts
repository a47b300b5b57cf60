/** Field names whose values never reach a log line, at any depth that pino can name. */
export const REDACTED_FIELDS = [
  'apiKey',
  'secret',
  'passphrase',
  'password',
  'token',
  'authorization',
  'masterKey',
  'signature',
] as const;

/** pino paths that cover {@link REDACTED_FIELDS} on the top level and one and two levels down. */
export const REDACT_PATHS: string[] = REDACTED_FIELDS.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]);
