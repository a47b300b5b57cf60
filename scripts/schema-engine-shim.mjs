#!/usr/bin/env node
// Stand-in for Prisma's native `schema-engine` binary: speaks the same JSON-RPC over stdio, but runs the
// WASM schema engine from npm (@prisma/schema-engine-wasm) over a driver adapter. No download needed.
// Use: PRISMA_SCHEMA_ENGINE_BINARY=./scripts/schema-engine-shim.mjs npx prisma migrate dev|deploy|diff|status|reset
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import readline from 'node:readline';
import { fileURLToPath } from 'node:url';
import { ColumnTypeEnum } from '@prisma/driver-adapter-utils';

const argv = process.argv.slice(2);
if (argv.includes('--version') || argv.includes('-V')) {
  console.log('schema-engine-wasm-shim 1.0.0');
  process.exit(0);
}
const opt = (n) => argv.flatMap((a, i) => (a === n ? [argv[i + 1]] : []));
const url = JSON.parse(opt('--datasource')[0] ?? '{}').url ?? process.env.DATABASE_URL ?? 'file::memory:';
const shadowUrl = JSON.parse(opt('--datasource')[0] ?? '{}').shadowDatabaseUrl;
const isPg = /^postgres(ql)?:/.test(url);

async function makeFactory(u) {
  if (!/^postgres(ql)?:/.test(u))
    return new (await import('@prisma/adapter-better-sqlite3')).PrismaBetterSqlite3({ url: u });
  const { PrismaPg } = await import('@prisma/adapter-pg');
  const x = new URL(u),
    d = decodeURIComponent;
  // Never hand `connectionString` to PrismaPg here: it wins over `database`, so its shadow database would be the MAIN one.
  const cfg = {
    host: x.searchParams.get('host') ?? x.hostname,
    port: Number(x.port || 5432),
    database: d(x.pathname.slice(1)),
    ...(x.username && { user: d(x.username) }),
    ...(x.password && { password: d(x.password) }),
  };
  const f = new PrismaPg(cfg, { schema: x.searchParams.get('schema') ?? undefined });
  if (process.env.SHIM_SHADOW === 'pglite') {
    // shadow database in memory: no CREATE DATABASE right, no PostgreSQL server needed
    f.connectToShadowDb = async () => {
      const { PGlite } = await import('@electric-sql/pglite');
      const { PrismaPGlite } = await import('pglite-prisma-adapter');
      const db = await PGlite.create();
      const conn = await new PrismaPGlite(db).connect();
      conn.executeScript = (script) =>
        db.exec(script).then(
          () => {},
          (e) => conn.onError(e),
        ); // its own does not await
      conn.dispose = () => db.close();
      return conn;
    };
    return f;
  }
  f.connectToShadowDb = async () => {
    // adapter-pg's own drops the database while its pool is still connected to it
    const database = `prisma_migrate_shadow_db_${crypto.randomUUID()}`;
    const admin = await f.connect();
    await admin.executeScript(`CREATE DATABASE "${database}"`);
    const conn = await new PrismaPg({ ...cfg, database }).connect();
    const dispose = conn.dispose.bind(conn);
    conn.dispose = async () => {
      await dispose();
      await admin.executeScript(`DROP DATABASE IF EXISTS "${database}" WITH (FORCE)`);
      await admin.dispose();
    };
    return conn;
  };
  return f;
}

// Adapter quirks the engine trips over when it replays migrations on a shadow database / applies scripts:
//  - better-sqlite3: the engine sends whole scripts through queryRaw/executeRaw ("contains more than one statement") -> exec()
//  - pg: executeScript() splits on every ';' (breaks $$ bodies, ';' in strings, atomicity) -> one simple-protocol query
function patch(conn) {
  if (isPg && conn.adapterName !== '@prisma/adapter-pg') return conn;
  if (isPg) {
    // adapter-pg rejects pg_catalog's internal "char" (oid 18): let it through as text, then label the column Character
    const q = conn.client.query.bind(conn.client),
      qr = conn.queryRaw.bind(conn);
    let chars = [];
    conn.client.query = async (...a) => {
      const r = await q(...a);
      chars = (r?.fields ?? []).flatMap((f, i) => (f.dataTypeID === 18 ? ((f.dataTypeID = 25), [i]) : []));
      return r;
    };
    conn.queryRaw = async (x) => {
      const r = await qr(x);
      for (const i of chars) r.columnTypes[i] = ColumnTypeEnum.Character;
      return r;
    };
    conn.executeScript = (script) =>
      conn.client.query(script).then(
        () => {},
        (e) => conn.onError(e),
      );
    return conn;
  }
  for (const m of ['executeRaw', 'queryRaw']) {
    const orig = conn[m].bind(conn);
    conn[m] = async (q) => {
      try {
        return await orig(q);
      } catch (e) {
        if (!/more than one statement/.test(String(e?.cause?.message ?? '') + e?.message) || q.args?.length) throw e;
        await conn.executeScript(q.sql);
        return m === 'executeRaw' ? 0 : { columnNames: [], columnTypes: [], rows: [] };
      }
    };
  }
  return conn;
}
function patchFactory(f) {
  for (const m of ['connect', 'connectToShadowDb']) {
    const orig = f[m].bind(f);
    f[m] = async (...a) => patch(await orig(...a));
  }
  return f;
}
const sqliteFile = () => path.resolve(url.replace(/^file:(\/\/)?/, '').replace(/\?.*$/, ''));

function die(code, message) {
  // shape expected by the CLI: first line ignored, then JSON log lines
  process.stderr.write(
    '\n' + JSON.stringify({ level: 'ERROR', target: 'schema_engine::logger', fields: { error_code: code, message } }),
  );
  process.exit(1);
}
async function cli(cmd) {
  if (!isPg) {
    if (cmd === 'create-database') {
      if (!existsSync(sqliteFile())) writeFileSync(sqliteFile(), '');
      return;
    }
    if (cmd === 'can-connect-to-database')
      return existsSync(sqliteFile()) ? undefined : die('P1003', `Database \`${sqliteFile()}\` does not exist`);
  }
  const { Client } = (await import('pg')).default;
  const tryConnect = async (u) => {
    const c = new Client({ connectionString: u });
    await c.connect();
    return c;
  };
  try {
    if (cmd === 'can-connect-to-database') {
      const c = await tryConnect(url);
      await c.end();
      return;
    }
    const u = new URL(url);
    const db = decodeURIComponent(u.pathname.slice(1));
    u.pathname = '/postgres';
    const c = await tryConnect(u.href);
    await c.query(`CREATE DATABASE "${db.replace(/"/g, '""')}"`);
    await c.end();
  } catch (e) {
    die(e.code === '3D000' ? 'P1003' : 'P1001', e.message);
  }
}

async function loadEngine() {
  globalThis.PRISMA_WASM_PANIC_REGISTRY = {
    set_message: (m) => {
      process.stderr.write(`\nschema engine panic: ${m}\n`);
    },
  };
  const bg = await import('@prisma/schema-engine-wasm/schema_engine_bg');
  const { bindMigrationAwareSqlAdapterFactory } = await import('@prisma/driver-adapter-utils');
  const wasm = path.join(
    path.dirname(fileURLToPath(import.meta.resolve('@prisma/schema-engine-wasm'))),
    'schema_engine_bg.wasm',
  );
  const { instance } = await WebAssembly.instantiate(readFileSync(wasm), { './schema_engine_bg.js': bg });
  bg.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
  const datamodels = opt('--datamodels').map((f) => [f, readFileSync(f, 'utf8')]);
  const factory = bindMigrationAwareSqlAdapterFactory(patchFactory(await makeFactory(url)));
  return {
    factory,
    eng: await bg.SchemaEngine.new({ datamodels: datamodels.length ? datamodels : undefined }, () => {}, factory),
  };
}

const out = (o) => process.stdout.write(JSON.stringify({ jsonrpc: '2.0', ...o }) + '\n');
if (argv.includes('cli')) {
  await cli(argv[argv.indexOf('cli') + 1]);
  process.exit(0);
} else {
  const ready = loadEngine();
  ready.catch(() => {});
  let chain = Promise.resolve(),
    printId = 1e6,
    primed = false;
  readline
    .createInterface({ input: process.stdin })
    .on('line', (line) => {
      const msg = JSON.parse(line);
      if (!msg.method) return; // reply to our "print"
      chain = chain.then(async () => {
        try {
          const { eng } = await ready;
          const method = { getDatabaseVersion: 'version' }[msg.method] ?? msg.method;
          if (typeof eng[method] !== 'function') throw new Error(`unsupported method ${msg.method}`);
          const arg = method === 'version' ? undefined : msg.params;
          if (method === 'reset' && !isPg) {
            // the engine's own reset leaves SQLite tables behind over an adapter
            const c = await (await makeFactory(url)).connect();
            const { rows } = await c.queryRaw({
              sql: "SELECT type, name FROM sqlite_master WHERE type IN ('table','view') AND name NOT LIKE 'sqlite_%'",
              args: [],
              argTypes: [],
            });
            await c.executeScript(
              'PRAGMA foreign_keys=OFF;' + rows.map(([t, n]) => `DROP ${t} IF EXISTS "${n}";`).join('') + 'VACUUM;',
            );
            await c.dispose();
            return out({ id: msg.id, result: null });
          }
          // only devDiagnostic/diff hand the engine its shadow-database factory, and applyMigrations drops it again
          if ((method === 'evaluateDataLoss' || method === 'createMigration') && !primed)
            await eng.devDiagnostic({ migrationsList: arg.migrationsList, filters: arg.filters });
          primed = method === 'devDiagnostic' || method === 'diff' || (primed && method !== 'applyMigrations');
          let r;
          try {
            r = await eng[method](arg);
          } catch (e) {
            // engine quirk over driver adapters: a missing _prisma_migrations table surfaces as P1014 -> initialise it, retry
            if (!/_prisma_migrations/.test(e.message ?? '') || !arg?.migrationsList) throw e;
            await eng.applyMigrations({
              migrationsList: { ...arg.migrationsList, migrationDirectories: [] },
              filters: arg.filters ?? { externalTables: [], externalEnums: [] },
            });
            r = await eng[method](arg);
          }
          if (method === 'diff') {
            out({ id: printId++, method: 'print', params: { content: r.stdout ?? '' } });
            out({ id: msg.id, result: { exitCode: r.exitCode } });
          } else out({ id: msg.id, result: r ?? null });
        } catch (e) {
          const id = /External error id#(\d+)/.exec(e.message ?? '');
          if (id) {
            // the real driver error sits in the adapter's registry
            const real = (await ready).factory.errorRegistry?.consumeError(Number(id[1]));
            if (real)
              e.message = e.message.replace(id[0], String(real.error?.message ?? real.error ?? JSON.stringify(real)));
            if (process.env.SHIM_DEBUG) process.stderr.write(String(real?.error?.stack) + '\n');
          }
          if (process.env.SHIM_DEBUG) process.stderr.write(String(e.stack) + '\n');
          const m = /^([A-Z]\d{4}):? ?/.exec(e.message ?? '');
          out({
            id: msg.id,
            error: {
              code: 4466,
              message: e.message ?? String(e),
              data: {
                is_panic: false,
                message: e.message ?? String(e),
                error_code: e.code ?? m?.[1],
                meta: e.meta ?? {},
              },
            },
          });
        }
      });
    })
    .on('close', () => chain.then(() => process.exit(0)));
}
