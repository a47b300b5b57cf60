import type { OpenAPIObject } from '@nestjs/swagger';
import { exact, PROBLEM_REF, type SchemaObject } from './openapi.js';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;
type Responses = Operation['responses'];

const METHODS = ['get', 'put', 'post', 'delete', 'patch'] as const;
const MEDIA = 'application/problem+json';

const PROBLEM: SchemaObject = {
  ...exact({
    type: { type: 'string', enum: ['about:blank'] },
    title: { type: 'string', description: 'The name of the status.' },
    status: { type: 'integer', minimum: 400, maximum: 599 },
    detail: { type: 'string', description: 'What is wrong, with the value that was given and the remedy.' },
    code: { type: 'string', pattern: '^[a-z][a-z0-9_]*$', description: 'Stable, snake_case.' },
    field: { type: ['string', 'null'], description: 'The offending parameter, header or field of the body.' },
    instance: { type: 'string', description: 'The path that was asked, without its query.' },
    requestId: { type: 'string', description: 'As in X-Request-Id: under which id the log tells more.' },
  }),
  description: 'An RFC 9457 problem document.',
  example: {
    type: 'about:blank',
    title: 'Bad Request',
    status: 400,
    detail: 'minNetBps must be a number of basis points, was "x"',
    code: 'bad_query',
    field: 'minNetBps',
    instance: '/v1/opportunities',
    requestId: 'mwsvz3fv-2',
  },
};

/** Refusals that every route may answer with. */
const ANYWHERE: Readonly<Record<string, string>> = {
  400: 'bad_query or bad_body: a parameter or field is missing, unknown, repeated or not valid; `field` names it.',
  401: 'unauthenticated: the route needs a token, or the one given is not known.',
  403: 'scope: the token lacks it; host_not_allowed, origin_not_allowed: see allowedHosts; not_through_proxy.',
  413: 'too_large: the body is larger than the 64 kB that are read.',
  415: 'unsupported_media_type: the content-encoding or charset of the body is not read.',
  429: 'too_many_requests: wait as Retry-After says.',
  500: 'internal: something unforeseen; `requestId` finds it in the log.',
};

const HEADERS: Readonly<Record<string, { description: string; schema: SchemaObject }>> = {
  'X-Request-Id': {
    description:
      'As the request brought it where that is sane, else a new one; every line of the log about it carries it.',
    schema: { type: 'string', pattern: '^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$', example: 'mwsvz3fv-2' },
  },
  'Cache-Control': {
    description: 'Nothing is to be kept.',
    schema: { type: 'string', enum: ['no-store'] },
  },
  RateLimit: {
    description:
      'What is left of the allowance of the address, and of the token where one is shown, and seconds until it is ' +
      'whole again (RateLimit fields, draft 8). Absent where Host or Origin are refused, which comes first.',
    schema: { type: 'string', example: '"address"; r=599; t=60, "token"; r=599; t=60' },
  },
  'RateLimit-Policy': {
    description: 'The allowances: requests and seconds.',
    schema: { type: 'string', example: '"address"; q=600; w=60; pk=:MTJjYTE3YjQ5YWYy:' },
  },
};
const RETRY_AFTER = { 'Retry-After': { description: 'Seconds to wait.', schema: { type: 'integer' } } };
/** What some refusals tell beside them. */
const HEADERS_OF: Readonly<Record<string, typeof HEADERS>> = {
  401: {
    'WWW-Authenticate': {
      description: 'How to show a token (RFC 6750).',
      schema: { type: 'string', enum: ['Bearer realm="crossbook"'] },
    },
  },
  429: RETRY_AFTER,
  503: RETRY_AFTER,
};

/**
 * Adds to every route what all of them share: the refusals that the doors before them answer with, problem documents as
 * the content of every error, and the headers of the rate limit.
 *
 * @param document - As the framework made it of the routes.
 * @returns The same document.
 */
export function completeDocument(document: OpenAPIObject): OpenAPIObject {
  document.components = {
    ...document.components,
    schemas: { ...document.components?.schemas, Problem: PROBLEM },
  };
  for (const item of Object.values(document.paths)) {
    for (const method of METHODS) {
      const operation = item[method];
      if (operation) completeOperation(operation);
    }
  }
  return document;
}

/** What parameters of these names mean on every route that does not say it better. */
const PARAMETERS: Readonly<Record<string, string>> = {
  id: 'Id, as the list shows it.',
  limit: 'Most rows of a page.',
  cursor: 'nextCursor of the page before.',
  from: 'At or after: ISO 8601 (without zone: UTC) or epoch milliseconds.',
  to: 'Before: ISO 8601 (without zone: UTC) or epoch milliseconds.',
  base: 'The asset, such as BTC.',
  exchange: 'A ccxt id, such as okx.',
};

function completeOperation(operation: Operation): void {
  for (const parameter of operation.parameters ?? []) {
    if ('name' in parameter) parameter.description ??= PARAMETERS[parameter.name] ?? '';
  }
  const { responses } = operation;
  for (const [status, description] of Object.entries(ANYWHERE)) responses[status] ??= { description };
  const nothing: Responses = {};
  operation.responses = Object.entries(responses).reduce<Responses>((all, [status, response]) => {
    if (!response || '$ref' in response) return { ...all, [status]: response };
    const isProblem = Number(status) >= 400;
    const headers = { ...HEADERS, ...HEADERS_OF[status], ...response.headers };
    const content = isProblem ? { [MEDIA]: { schema: { $ref: PROBLEM_REF } } } : response.content;
    return { ...all, [status]: { ...response, headers, ...(content ? { content } : {}) } };
  }, nothing);
}
