import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';

const DESCRIPTION = [
  'Opportunities, exchanges and keys by REST. Times are epoch milliseconds (UTC), errors are RFC 9457 problem documents.',
  '',
  'On this machine reading needs no token; every write and everything under keys needs `Authorization: Bearer TOKEN`',
  'with the token of the file `admin.token` in the data directory.',
  '',
  'The live feed is a WebSocket at `/v1/stream`: send `{"op":"subscribe","id":"a","channel":"opportunities"}`.',
].join('\n');

/**
 * Serves the description of the REST interface: a page under `/docs`, OpenAPI 3.1 as JSON under `/docs-json`.
 *
 * The page comes whole from this service; it asks no outside host.
 *
 * @param app - The application, before it listens.
 * @param version - Version of the product.
 */
export function installDocs(app: INestApplication, version: string): void {
  const config = new DocumentBuilder()
    .setTitle('Crossbook')
    .setDescription(DESCRIPTION)
    .setVersion(version)
    .setOpenAPIVersion('3.1.0')
    .addBearerAuth({ type: 'http', scheme: 'bearer' }, 'token')
    .build();
  SwaggerModule.setup('docs', app, () => SwaggerModule.createDocument(app, config), {
    jsonDocumentUrl: 'docs-json',
    yamlDocumentUrl: 'docs-yaml',
    customSiteTitle: 'Crossbook',
    swaggerOptions: { validatorUrl: null, persistAuthorization: false },
  });
}
