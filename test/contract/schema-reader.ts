import type { Ajv2020 } from 'ajv/dist/2020.js';

/**
 * A reader of JSON Schema 2020-12 that also knows the words that OpenAPI and AsyncAPI add.
 *
 * Formats that describe and do not restrict (`password`, `binary`) pass; those of dates, addresses and the like are checked.
 */
export async function schemaReader(): Promise<Ajv2020> {
  const { default: Ajv } = await import('ajv/dist/2020.js');
  const { default: addFormats } = await import('ajv-formats');
  const ajv = new Ajv.default({ strict: false, allErrors: true });
  addFormats.default(ajv);
  return ajv;
}
