#!/usr/bin/env node
// Stands in for Prisma's native `schema-engine`, which the Prisma command line would otherwise download: speaks the same
// JSON-RPC over stdio, but runs the WASM build of that engine from npm over the PostgreSQL adapter.
// Use: scripts/prisma.mjs sets PRISMA_SCHEMA_ENGINE_BINARY to this file.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import readline from 'node:readline';
import { fileURLToPath } from 'node:url';
import { PrismaPg } from '@prisma/adapter-pg';
import { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum } from '@prisma/driver-adapter-utils';
import pg from 'pg';

const args = process.argv.slice(2);
if (args.includes('--version') || args.includes('-V')) {
  console.log('schema-engine-wasm-shim 1.0.0');
  process.exit(0);
}
const options = (name) => args.flatMap((arg, i) => (arg === name ? [args[i + 1]] : []));
const url = JSON.parse(options('--datasource')[0] ?? '{}').url ?? '';

/** PostgreSQL's internal type "char", which the adapter does not know, and text, as which it is read instead. */
const OID_CHAR = 18;
const OID_TEXT = 25;

function adapterFactory() {
  const parts = new URL(url);
  // Apart, never as `connectionString`: that would win over `database`, and the shadow database would be the main one.
  const config = {
    host: parts.searchParams.get('host') ?? parts.hostname,
    port: Number(parts.port || 5432),
    database: decodeURIComponent(parts.pathname.slice(1)),
    ...(parts.username && { user: decodeURIComponent(parts.username) }),
    ...(parts.password && { password: decodeURIComponent(parts.password) }),
  };
  const factory = new PrismaPg(config, { schema: parts.searchParams.get('schema') ?? undefined });
  const connect = factory.connect.bind(factory);
  factory.connect = async () => mended(await connect());
  factory.connectToShadowDb = async () => {
    // The adapter's own drops the database while its pool is still connected to it.
    const database = `prisma_migrate_shadow_db_${randomUUID()}`;
    const admin = await connect();
    await admin.executeScript(`CREATE DATABASE "${database}"`);
    const connection = await new PrismaPg({ ...config, database }).connect();
    const dispose = connection.dispose.bind(connection);
    connection.dispose = async () => {
      await dispose();
      await admin.executeScript(`DROP DATABASE IF EXISTS "${database}" WITH (FORCE)`);
      await admin.dispose();
    };
    return mended(connection);
  };
  return factory;
}

/** Mends what the engine trips over: columns of type "char", and scripts that the adapter splits at every semicolon. */
function mended(connection) {
  const query = connection.client.query.bind(connection.client);
  const queryRaw = connection.queryRaw.bind(connection);
  let chars = [];
  connection.client.query = async (...given) => {
    const result = await query(...given);
    chars = (result?.fields ?? []).flatMap((field, i) => {
      if (field.dataTypeID !== OID_CHAR) return [];
      field.dataTypeID = OID_TEXT;
      return [i];
    });
    return result;
  };
  connection.queryRaw = async (given) => {
    const result = await queryRaw(given);
    for (const i of chars) result.columnTypes[i] = ColumnTypeEnum.Character;
    return result;
  };
  connection.executeScript = async (script) => {
    try {
      await connection.client.query(script);
    } catch (error) {
      connection.onError(error);
    }
  };
  return connection;
}

/** Ends with the words that the command line expects: it skips the first line and reads JSON log lines. */
function die(code, message) {
  const fields = { error_code: code, message };
  process.stderr.write(`\n${JSON.stringify({ level: 'ERROR', target: 'schema_engine::logger', fields })}`);
  process.exit(1);
}

async function connectOnce(address) {
  const client = new pg.Client({ connectionString: address });
  await client.connect();
  return client;
}

async function runCommand(command) {
  try {
    if (command === 'can-connect-to-database') {
      await (await connectOnce(url)).end();
      return;
    }
    const server = new URL(url);
    const database = decodeURIComponent(server.pathname.slice(1));
    server.pathname = '/postgres';
    const client = await connectOnce(server.href);
    await client.query(`CREATE DATABASE ${client.escapeIdentifier(database)}`);
    await client.end();
  } catch (error) {
    die(error.code === '3D000' ? 'P1003' : 'P1001', error.message);
  }
}

async function loadEngine() {
  globalThis.PRISMA_WASM_PANIC_REGISTRY = {
    set_message: (message) => process.stderr.write(`\nschema engine panic: ${message}\n`),
  };
  const bindings = await import('@prisma/schema-engine-wasm/schema_engine_bg');
  const folder = path.dirname(fileURLToPath(import.meta.resolve('@prisma/schema-engine-wasm')));
  const { instance } = await WebAssembly.instantiate(readFileSync(path.join(folder, 'schema_engine_bg.wasm')), {
    './schema_engine_bg.js': bindings,
  });
  bindings.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
  const files = options('--datamodels').map((file) => [file, readFileSync(file, 'utf8')]);
  const factory = bindMigrationAwareSqlAdapterFactory(adapterFactory());
  const datamodels = files.length > 0 ? files : undefined;
  return { factory, engine: await bindings.SchemaEngine.new({ datamodels }, () => undefined, factory) };
}

/** Only these two hand the engine its shadow database; applying migrations drops it again. */
let hasShadow = false;

async function call({ engine }, method, params) {
  if (method === 'getDatabaseVersion') return engine.version(undefined);
  if (typeof engine[method] !== 'function') throw new Error(`unsupported method ${method}`);
  const { migrationsList, filters } = params ?? {};
  if ((method === 'evaluateDataLoss' || method === 'createMigration') && !hasShadow) {
    await engine.devDiagnostic({ migrationsList, filters });
  }
  hasShadow = method === 'devDiagnostic' || method === 'diff' || (hasShadow && method !== 'applyMigrations');
  try {
    return await engine[method](params);
  } catch (error) {
    // Over an adapter a missing _prisma_migrations table is an error: create it and ask again.
    if (!/_prisma_migrations/.test(error.message ?? '') || !migrationsList) throw error;
    const none = { ...migrationsList, migrationDirectories: [] };
    await engine.applyMigrations({
      migrationsList: none,
      filters: filters ?? { externalTables: [], externalEnums: [] },
    });
    return engine[method](params);
  }
}

/** The driver's own words sit in the registry of the adapter, under the number that the engine's message names. */
function messageOf(error, factory) {
  const message = error.message ?? String(error);
  const reference = /External error id#(\d+)/.exec(message);
  const driver = reference && factory?.errorRegistry?.consumeError(Number(reference[1]));
  return driver
    ? message.replace(reference[0], String(driver.error?.message ?? driver.error ?? JSON.stringify(driver)))
    : message;
}

const answer = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
let printed = 1_000_000;

async function handle(ready, { id, method, params }) {
  let loaded;
  try {
    loaded = await ready;
    const result = await call(loaded, method, params);
    if (method !== 'diff') return answer({ id, result: result ?? null });
    answer({ id: (printed += 1), method: 'print', params: { content: result.stdout ?? '' } });
    return answer({ id, result: { exitCode: result.exitCode } });
  } catch (error) {
    const message = messageOf(error, loaded?.factory);
    const code = error.code ?? /^([A-Z]\d{4}):? ?/.exec(message)?.[1];
    const data = { is_panic: false, message, error_code: code, meta: error.meta ?? {} };
    return answer({ id, error: { code: 4466, message, data } });
  }
}

function serve() {
  const ready = loadEngine();
  // Told with the first request.
  ready.catch(() => undefined);
  let queue = Promise.resolve();
  const lines = readline.createInterface({ input: process.stdin });
  lines.on('line', (line) => {
    const message = JSON.parse(line);
    // Without a method it is the command line's reply to our "print".
    if (message.method) queue = queue.then(() => handle(ready, message));
  });
  lines.on('close', () => queue.then(() => process.exit(0)));
}

if (args.includes('cli')) await runCommand(args[args.indexOf('cli') + 1]);
else serve();
