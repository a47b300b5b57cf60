import { beforeAll, describe, expect, it } from '@jest/globals';
import type { NestApplicationOptions } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { OpenAPIObject } from '@nestjs/swagger';
import { Validator } from '@seriousme/openapi-schema-validator';
import { AppModule } from '../../src/app.module.js';
import { settingsSchema } from '../../src/platform/config/index.js';
import { describeRest } from '../../src/platform/http/index.js';
import { openLog } from '../../src/platform/logging/index.js';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;
type Json = Readonly<Record<string, unknown>>;

let document: OpenAPIObject;
let operations: (readonly [string, Operation])[];

beforeAll(async () => {
  // In preview nothing is started: routes and what is said of them are all that is looked at.
  const options: Pick<NestApplicationOptions, 'preview' | 'logger' | 'abortOnError'> = {
    ...{ preview: true, logger: false, abortOnError: false },
  };
  const app = await NestFactory.create(AppModule.using(settingsSchema.parse({}), openLog('silent')), options);
  document = JSON.parse(JSON.stringify(describeRest(app, '1.2.3'))) as OpenAPIObject;
  operations = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => [`${method} ${path}`, operation as Operation] as const),
  );
});

/** Every schema below a value, with the way to it. */
function* schemasBelow(value: unknown, way: string): Generator<[string, Json]> {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value) && ('properties' in value || 'type' in value || 'items' in value)) {
    yield [way, value];
  }
  for (const [name, inner] of Object.entries(value)) {
    if (name !== 'example' && name !== 'enum') yield* schemasBelow(inner, `${way}/${name}`);
  }
}

describe('the OpenAPI document', () => {
  it('is valid OpenAPI 3.1 of every route', async () => {
    const validator = new Validator();
    const found = await validator.validate(document as unknown as Record<string, unknown>);
    expect(found.errors).toBeUndefined();
    expect([found.valid, validator.version, document.openapi]).toEqual([true, '3.1', '3.1.0']);
    expect(operations.map(([name]) => name)).toEqual(
      expect.arrayContaining([
        'get /v1/opportunities',
        'get /v1/opportunities/{id}',
        'get /v1/spreads',
        'get /v1/spreads/candles',
        'get /v1/spreads/matrix',
        'get /v1/refusals',
        'get /v1/stats',
        'get /v1/keys/{id}/usage',
        'get /health/ready',
      ]),
    );
  });

  it('describes every parameter and every answer, and what each holds', () => {
    for (const [name, { summary, parameters = [], responses }] of operations) {
      expect([name, typeof summary]).toEqual([name, 'string']);
      const inPath = [...name.matchAll(/\{(\w+)\}/g)].map(([, one]) => one);
      const told = parameters.map((one) => one as { name: string; in: string; description?: string });
      expect([name, told.filter((one) => one.in === 'path').map((one) => one.name)]).toEqual([name, inPath]);
      for (const one of told) expect([name, one.name, (one.description ?? '').length > 3]).toContain(true);
      const codes = Object.keys(responses);
      expect([name, codes]).toEqual([name, expect.arrayContaining(['400', '401', '403', '429', '500'])]);
      expect(codes.some((code) => code.startsWith('2'))).toBe(true);
      for (const [code, response] of Object.entries(responses)) {
        const { description, content, headers } = response as { description: string; content?: Json; headers: Json };
        expect([name, code, description]).not.toContain('');
        expect(Object.keys(headers)).toEqual(expect.arrayContaining(['RateLimit', 'RateLimit-Policy']));
        const media = Object.keys(content ?? {});
        if (code === '204' || code === '304') expect([name, media]).toEqual([name, []]);
        else if (Number(code) >= 400) expect([name, code, media]).toEqual([name, code, ['application/problem+json']]);
        else if (name === 'get /metrics') expect(media).toEqual(['text/plain']);
        else expect([name, media]).toEqual([name, expect.arrayContaining(['application/json'])]);
      }
    }
  });

  it('says null as 3.1 does, and leaves no object open by forgetfulness', () => {
    const all = [...schemasBelow(document.paths, ''), ...schemasBelow(document.components, '')];
    expect(all.length).toBeGreaterThan(200);
    for (const [way, schema] of all) {
      expect([way, 'nullable' in schema]).toEqual([way, false]);
      const isObject =
        schema['type'] === 'object' || (Array.isArray(schema['type']) && schema['type'].includes('object'));
      if (isObject) expect([way, schema['additionalProperties'] !== undefined]).toEqual([way, true]);
      const { type, enum: words } = schema;
      if (Array.isArray(type) && type.includes('null') && Array.isArray(words))
        expect([way, words]).toEqual([way, expect.arrayContaining([null])]);
    }
  });

  it('gives an example of each list of the past that fits its schema', async () => {
    const { default: Ajv } = await import('ajv/dist/2020.js');
    const ajv = new Ajv.default({ strict: false, validateFormats: false });
    for (const path of Object.keys(document.paths).filter((one) =>
      /^\/v1\/(opportunities|spreads|refusals|stats)/.test(one),
    )) {
      const ok = document.paths[path]?.get?.responses['200'] as {
        content: Record<string, { schema: object; example?: unknown }>;
      };
      const { schema, example } = ok.content['application/json']!;
      expect([path, example]).not.toContain(undefined);
      const validate = ajv.compile(schema);
      expect([path, validate(example), validate.errors]).toEqual([path, true, null]);
    }
  });
});
