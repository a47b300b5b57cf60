import type { NestApplicationOptions } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { WsAdapter } from '@nestjs/platform-ws';
import type { OpenAPIObject } from '@nestjs/swagger';
import type { Router } from 'express';
import { AppModule } from '../../src/app.module.js';
import { settingsSchema } from '../../src/platform/config/index.js';
import { describeRest } from '../../src/platform/http/index.js';
import { openLog } from '../../src/platform/logging/index.js';
import type { Answer } from '../support/request.js';
import { schemaReader } from './schema-reader.js';

type Json = Readonly<Record<string, unknown>>;

interface ResponseObject {
  readonly description: string;
  readonly headers: Readonly<Record<string, { readonly schema: object }>>;
  readonly content?: Readonly<Record<string, { readonly schema: Json }>>;
}

/** One operation of the document. */
export interface Operation {
  readonly responses: Readonly<Record<string, ResponseObject>>;
  readonly security?: readonly object[];
}

/** What stands in every answer of an HTTP server, or protects browsers: no matter of a route. */
const TRANSPORT: ReadonlySet<string> = new Set([
  ...['connection', 'content-length', 'content-type', 'date', 'keep-alive', 'transfer-encoding'],
  ...['content-security-policy', 'cross-origin-opener-policy', 'cross-origin-resource-policy', 'referrer-policy'],
  ...['x-content-type-options', 'x-frame-options'],
]);
const PROBLEM = 'application/problem+json';
/** Headers that an answer has now and then; every other documented one is always there. */
const SOMETIMES: ReadonlySet<string> = new Set(['etag', 'content-disposition', 'vary']);
/** Refusals of the first door, before requests are counted. */
const BEFORE_COUNTING: ReadonlySet<unknown> = new Set(['host_not_allowed', 'origin_not_allowed']);

/** The OpenAPI document as a judge of answers, and the router that it describes. */
export class RestDocument {
  readonly operations: ReadonlyMap<string, Operation>;

  private constructor(
    readonly json: OpenAPIObject,
    /** Routes that express knows, as `get /v1/keys/{id}`; without the pages of the documentation. */
    readonly routes: readonly string[],
    private readonly ajv: Awaited<ReturnType<typeof schemaReader>>,
  ) {
    this.operations = new Map(
      Object.entries(json.paths).flatMap(([path, item]) =>
        Object.entries(item).map(([method, operation]) => [`${method} ${path}`, operation as Operation] as const),
      ),
    );
  }

  /** Puts the application together without starting anything of it. */
  static async read(): Promise<RestDocument> {
    const options: Pick<NestApplicationOptions, 'preview' | 'logger' | 'abortOnError'> = {
      ...{ preview: true, logger: false, abortOnError: false },
    };
    const app = await NestFactory.create(AppModule.using(settingsSchema.parse({}), openLog('silent')), options);
    app.useWebSocketAdapter(new WsAdapter(app));
    await app.init();
    const { router } = app.getHttpAdapter().getInstance() as { router: Router };
    const routes = router.stack.flatMap(({ route }) => {
      if (!route) return [];
      const { path, methods } = route as unknown as { path: string; methods: Record<string, boolean> };
      return Object.keys(methods).map((method) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`);
    });
    const json = JSON.parse(JSON.stringify(describeRest(app, '1.2.3'))) as OpenAPIObject;
    return new RestDocument(json, routes, await schemaReader());
  }

  /**
   * Says what an answer has that is not documented, and lacks that is.
   *
   * @returns Nothing where it is as documented.
   */
  faultsOf(name: string, answer: Answer): string[] {
    const response = this.operations.get(name)?.responses[String(answer.status)];
    if (!response) return [`the status ${answer.status} is not documented: ${answer.text.slice(0, 500)}`];
    return [...this.headerFaults(response, answer), ...this.bodyFaults(response, answer)];
  }

  /** The schema of the elements of the list that an operation answers with. */
  fitsElement(name: string, element: unknown): boolean {
    const schema = this.operations.get(name)?.responses['200']?.content?.['application/json']?.schema;
    const lists = (schema?.['anyOf'] ?? [schema]) as { properties: { data: { items: object } } }[];
    return lists.some(({ properties }) => this.errorsOf(properties.data.items, element) === null);
  }

  private headerFaults({ headers }: ResponseObject, answer: Answer): string[] {
    const documented = new Map(Object.entries(headers).map(([name, { schema }]) => [name.toLowerCase(), schema]));
    const faults: string[] = [];
    for (const name of Object.keys(answer.headers)) {
      if (!documented.has(name) && !TRANSPORT.has(name)) faults.push(`the header ${name} is not documented`);
    }
    for (const [name, schema] of documented) {
      const value = answer.headers[name];
      const isUncounted = name.startsWith('ratelimit') && BEFORE_COUNTING.has(answer.json['code']);
      if (value === undefined) {
        if (!SOMETIMES.has(name) && !isUncounted) faults.push(`the header ${name} is missing`);
        continue;
      }
      const read = (schema as { type: string }).type === 'integer' ? Number(value) : String(value);
      const wrong = this.errorsOf(schema, read);
      if (wrong !== null) faults.push(`the header ${name} is ${String(value)}: ${wrong}`);
    }
    return faults;
  }

  private bodyFaults({ content }: ResponseObject, answer: Answer): string[] {
    const media = answer.headers['content-type']?.split(';')[0];
    if (!content)
      return media === undefined && answer.text === '' ? [] : [`a body of ${String(media)} is not documented`];
    const schema = content[media ?? '']?.schema;
    if (!schema) return [`the media type ${String(media)} is not documented`];
    if (media !== 'application/json' && media !== PROBLEM) return [];
    const wrong = this.errorsOf(schema, JSON.parse(answer.text));
    return wrong === null ? [] : [`the body is not as documented: ${wrong} in ${answer.text.slice(0, 1_000)}`];
  }

  private errorsOf(schema: object, value: unknown): string | null {
    const validate = this.ajv.compile({ ...schema, components: this.json.components });
    if (validate(value)) return null;
    return (validate.errors ?? [])
      .slice(0, 5)
      .map((one) => `${one.instancePath} ${one.message ?? ''} ${JSON.stringify(one.params)}`)
      .join('; ');
  }
}
