import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { completeDocument } from './complete-document.js';

const DESCRIPTION = [
  'Opportunities, exchanges and keys by REST. Times are epoch milliseconds (UTC), errors are RFC 9457 problem documents.',
  '',
  'On this machine reading needs no token; every write and everything under keys needs `Authorization: Bearer TOKEN`',
  'with the token of the file `admin.token` in the data directory.',
  '',
  'The live feed is a WebSocket at `/v1/stream`: send `{"op":"subscribe","id":"a","channel":"opportunities"}`.',
].join('\n');

/**
 * Describes the REST interface of an application.
 *
 * @param app - The application; it need not listen.
 * @param version - Version of the product.
 * @returns The document, OpenAPI 3.1.
 */
export function describeRest(app: INestApplication, version: string): OpenAPIObject {
  const config = new DocumentBuilder()
    .setTitle('Crossbook')
    .setDescription(DESCRIPTION)
    .setVersion(version)
    .setLicense('MIT', 'https://spdx.org/licenses/MIT')
    .setOpenAPIVersion('3.1.0')
    .addBearerAuth({ type: 'http', scheme: 'bearer' })
    .build();
  return completeDocument(SwaggerModule.createDocument(app, config));
}

/**
 * Serves the description of the REST interface: a page under `/docs`, OpenAPI 3.1 as JSON under `/docs-json`.
 *
 * The page comes whole from this service; it asks no outside host.
 *
 * @param app - The application, before it listens.
 * @param version - Version of the product.
 */
export function installDocs(app: INestApplication, version: string): void {
  SwaggerModule.setup('docs', app, () => describeRest(app, version), {
    jsonDocumentUrl: 'docs-json',
    yamlDocumentUrl: 'docs-yaml',
    customSiteTitle: 'Crossbook',
    swaggerOptions: { validatorUrl: null, persistAuthorization: false },
  });
}
