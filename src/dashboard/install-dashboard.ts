import type { NestExpressApplication } from '@nestjs/platform-express';
import type { NextFunction, Request, Response } from 'express';
import { type PageFile, readPage } from './page-files.js';

/** Nothing inline and nothing from elsewhere: the page holds a token that may do everything. */
const CONTENT_SECURITY_POLICY =
  "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
  "object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/** What the page never asks a browser for. */
const PERMISSIONS_POLICY = 'camera=(), geolocation=(), microphone=(), payment=(), usb=()';

const YEAR_S = 31_536_000;

function send(request: Request, response: Response, file: PageFile): void {
  const form = file.compressed.find(({ encoding }) => request.acceptsEncodings(encoding) === encoding);
  const body = form?.body ?? file.plain;
  response.setHeader('Content-Type', file.type);
  response.setHeader('Content-Security-Policy', CONTENT_SECURITY_POLICY);
  response.setHeader('Permissions-Policy', PERMISSIONS_POLICY);
  response.setHeader('Cache-Control', file.isImmutable ? `public, max-age=${YEAR_S}, immutable` : 'no-cache');
  if (file.compressed.length > 0) response.vary('Accept-Encoding');
  if (form) response.setHeader('Content-Encoding', form.encoding);
  response.end(request.method === 'HEAD' ? undefined : body);
}

/**
 * Serves the dashboard at `/`, and its files. Its places stand behind `#`, so no other path is taken.
 *
 * Whoever adds it after `prepareHttp` has `Host`, `Origin` and the rate limit checked here too. The page itself holds
 * nothing that needs a token; what it asks for by REST and stream is guarded there.
 *
 * @param app - The application, before it listens.
 * @param directory - Where the build put the page.
 * @throws {StartupError} If there is no page.
 */
export function installDashboard(app: NestExpressApplication, directory: string): void {
  const files = readPage(directory);
  app.use((request: Request, response: Response, next: NextFunction) => {
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    const file = isRead ? files.get(request.path === '/' ? '/index.html' : request.path) : undefined;
    if (file) send(request, response, file);
    else next();
  });
}
