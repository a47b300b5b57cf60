#!/usr/bin/env node
// Serves the example page on loopback: browsers give pages that are opened as files no origin.
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';

const HELP = `node examples/browser/serve.mjs [--port 8090]
serves the page on http://127.0.0.1:PORT; the service must know that address:
  CROSSBOOK_ALLOWED_HOSTS=127.0.0.1:8090 npm run demo`;
const FILES = {
  '/': ['index.html', 'text/html'],
  '/watch.js': ['watch.js', 'text/javascript'],
  '/watch.css': ['watch.css', 'text/css'],
};

let values;
try {
  ({ values } = parseArgs({
    options: { port: { type: 'string', default: '8090' }, help: { type: 'boolean', default: false } },
  }));
} catch (error) {
  console.error(`${error.message}; see --help`);
  process.exit(2);
}
if (values.help) {
  console.log(HELP);
  process.exit(0);
}

const server = createServer(async ({ url }, response) => {
  const found = FILES[new URL(url, 'http://page').pathname];
  if (!found) return response.writeHead(404).end('not found\n');
  const [name, type] = found;
  response.writeHead(200, { 'Content-Type': `${type}; charset=utf-8` });
  response.end(await readFile(new URL(name, import.meta.url)));
});
server.on('error', (error) => {
  console.error(`--port ${values.port}: ${error.message}`);
  process.exit(1);
});
server.listen(Number(values.port), '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${server.address().port} shows the feed; Ctrl-C ends it`);
});
process.once('SIGINT', () => server.close(() => process.exit(0)).closeAllConnections());
