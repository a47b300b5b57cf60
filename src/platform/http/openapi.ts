import { ApiResponse } from '@nestjs/swagger';

/** A schema as OpenAPI 3.1 writes it: JSON Schema, where null is a type. */
export interface SchemaObject {
  type?: string | string[];
  description?: string;
  properties?: Record<string, SchemaObject>;
  required?: string[];
  additionalProperties?: boolean | SchemaObject;
  items?: SchemaObject;
  enum?: unknown[];
  anyOf?: SchemaObject[];
  example?: unknown;
  default?: unknown;
  format?: string;
  pattern?: string;
  minimum?: number;
  maximum?: number;
  minItems?: number;
  maxItems?: number;
  minLength?: number;
  maxLength?: number;
}

/** A name under `components` for the schema of every refusal. */
export const PROBLEM_REF = '#/components/schemas/Problem';

/**
 * The schema of an object that has these properties and no others.
 *
 * @param properties - Its properties.
 * @param optional - Those that may be absent; all others are always there.
 * @returns The schema.
 */
export function exact(
  properties: Readonly<Record<string, SchemaObject>>,
  optional: readonly string[] = [],
): SchemaObject & { properties: Record<string, SchemaObject> } {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return {
    type: 'object',
    ...(required.length > 0 ? { required } : {}),
    additionalProperties: false,
    properties: { ...properties },
  };
}

/** The schema of a list that is always whole. */
export function wholeListOf(items: SchemaObject, others: Readonly<Record<string, SchemaObject>> = {}): SchemaObject {
  const nextCursor = { type: 'null', description: 'Always null: the list is whole.' };
  return exact({ data: { type: 'array', items }, nextCursor, hasMore: { type: 'boolean', enum: [false] }, ...others });
}

/** Describes a refusal, an RFC 9457 problem document. */
export const ApiProblem = (status: number, description: string): MethodDecorator =>
  ApiResponse({ status, description, content: { 'application/problem+json': { schema: { $ref: PROBLEM_REF } } } });
