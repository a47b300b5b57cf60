import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { closeSync, existsSync, openSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Log } from '../logging/index.js';
import type { ServerAddress } from './connection.js';
import { DatabaseError, toDatabaseError } from './database.errors.js';
import { type Binaries, locateBinaries, SERVER_ENVIRONMENT } from './embedded-binaries.js';
import { openServerDirectory, type ServerDirectory } from './embedded-directory.js';
import { ensureDatabase, freePort, isAnswering } from './embedded-probe.js';
import { endOrphan, endServer } from './postmaster.js';

const USER = 'crossbook';
const DATABASE = 'crossbook';
const HOST = '127.0.0.1';
const DRAFT = 'initialising-';
/** A start may have to recover what a crash left; longer means that something else is wrong. */
const START_WAIT_MS = 120_000;
/** Ports can be taken between choosing and binding, and shared memory lingers for a moment after a crash. */
const START_ATTEMPTS = 5;
const RESTART_DELAY_MS = 500;
const MAX_RESTART_DELAY_MS = 30_000;

/** Small on purpose: one service, a few connections, a few hundred rows a second. fsync stays on. */
const SERVER_SETTINGS = {
  listen_addresses: HOST,
  unix_socket_directories: '',
  max_connections: '24',
  shared_buffers: '32MB',
  max_wal_size: '256MB',
  wal_level: 'minimal',
  max_wal_senders: '0',
  io_method: 'sync',
  jit: 'off',
  log_checkpoints: 'off',
  // Statements would carry values into the log.
  log_min_error_statement: 'panic',
  log_parameter_max_length: '0',
  log_parameter_max_length_on_error: '0',
  timezone: 'UTC',
  log_timezone: 'UTC',
};

/**
 * A PostgreSQL server of our own: a child process on loopback with its files in the data directory.
 *
 * It runs in a session of its own, so that Ctrl-C in a terminal does not end it before the last batch is stored, and
 * with an environment of its own, so that it sees no secret. When it dies it is started again on the same port.
 */
export class EmbeddedServer {
  private child: ChildProcess | null = null;
  private isStopping = false;
  private chosenPort = 0;

  private constructor(
    private readonly directory: ServerDirectory,
    private readonly binaries: Binaries,
    private readonly log: Log,
  ) {}

  /**
   * Starts the server of a data directory that this process holds; the first time it is created.
   *
   * @param directory - Absolute path of the server's folder.
   * @param log - Where progress is told.
   * @returns The running server.
   * @throws {DatabaseError} With what is wrong and the remedy.
   */
  static async start(directory: string, log: Log): Promise<EmbeddedServer> {
    const opened = openServerDirectory(directory);
    try {
      const server = new EmbeddedServer(opened, locateBinaries(opened.user, log), log);
      await endOrphan(server.cluster, log);
      if (!existsSync(server.cluster)) await server.create();
      await server.launchOnSomePort();
      await ensureDatabase(server.address('postgres'), DATABASE);
      process.once('exit', server.endWithUs);
      return server;
    } catch (error) {
      opened.close();
      throw error;
    }
  }

  /** Where it listens, and how to get in. */
  address(database: string = DATABASE): ServerAddress {
    return { host: HOST, port: this.chosenPort, user: USER, password: this.directory.password, database };
  }

  /** Port on loopback, the same for as long as the service runs. */
  get port(): number {
    return this.chosenPort;
  }

  /** Number of the server's main process; null while it is being started again. */
  get pid(): number | null {
    return this.child?.pid ?? null;
  }

  /** Shuts it down in order, within 11 s; connections should have been closed before. */
  async stop(): Promise<void> {
    this.isStopping = true;
    process.off('exit', this.endWithUs);
    const pid = this.child?.pid;
    if (pid !== undefined && this.child?.exitCode === null && !(await endServer(pid))) {
      this.log.error('the database server does not end; kill -9 it and it will recover at the next start', { pid });
    }
    this.directory.close();
  }

  private get cluster(): string {
    return path.join(this.directory.path, 'data');
  }

  /** Makes the cluster in a draft folder, so that a crash meanwhile leaves no half of one. */
  private async create(): Promise<void> {
    this.log.info('preparing the database (first start) …', { directory: this.directory.path });
    for (const name of readdirSync(this.directory.path)) {
      if (name.startsWith(DRAFT)) rmSync(path.join(this.directory.path, name), { recursive: true, force: true });
    }
    // A name of its own: an initdb that outlived a killed service may still write to the earlier one.
    const draft = `${DRAFT}${randomUUID()}`;
    const inside = this.directory.serverPath;
    const code = await this.run([
      `--pgdata=${inside}/${draft}`,
      `--username=${USER}`,
      `--pwfile=${inside}/password`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
    ]);
    if (code !== 0) throw this.startFault(`initdb ended with ${String(code)}`);
    renameSync(path.join(this.directory.path, draft), this.cluster);
  }

  private async run(args: readonly string[]): Promise<number | null> {
    const child = this.spawn(this.binaries.initdb, args, false);
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', resolve);
    });
  }

  private spawn(program: string, args: readonly string[], isDetached: boolean): ChildProcess {
    const out = openSync(this.logFile, 'w', 0o600);
    try {
      const inherited = this.directory.fd === null ? [] : [this.directory.fd];
      return spawn(program, [...args], {
        ...(this.directory.user ?? {}),
        env: SERVER_ENVIRONMENT,
        cwd: '/',
        detached: isDetached,
        stdio: ['ignore', out, out, ...inherited],
      });
    } finally {
      closeSync(out);
    }
  }

  private async launchOnSomePort(): Promise<void> {
    let reason = '';
    for (let attempt = 0; attempt < START_ATTEMPTS; attempt += 1) {
      if (attempt > 0) await delay(RESTART_DELAY_MS);
      this.chosenPort = await freePort(HOST, attempt === 0 ? this.rememberedPort() : 0);
      const fault = await this.launch();
      if (fault === null) {
        writeFileSync(path.join(this.directory.path, 'port'), `${this.chosenPort}\n`, { mode: 0o600 });
        return;
      }
      reason = fault;
      if (!/address|port|socket|shared memory/i.test(this.output())) break;
    }
    throw this.startFault(reason);
  }

  /** Starts the process and waits until it answers; returns why it did not, or null. */
  private async launch(): Promise<string | null> {
    const settings = Object.entries(SERVER_SETTINGS).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const args = ['-D', `${this.directory.serverPath}/data`, '-p', String(this.chosenPort), ...settings];
    const child = this.spawn(this.binaries.postgres, args, true);
    child.unref();
    this.child = child;
    this.yieldToTheService(child);
    const fault = await this.whyNotReady(child);
    if (fault === null) child.once('exit', () => void this.restart());
    else if (child.pid !== undefined && child.exitCode === null) await endServer(child.pid);
    return fault;
  }

  // On few cores a batch of rows would hold up frames for milliseconds; its sessions inherit the priority. Refused where
  // the server runs as another user: then it competes as before.
  private yieldToTheService(child: ChildProcess): void {
    if (child.pid === undefined) return;
    try {
      os.setPriority(child.pid, os.constants.priority.PRIORITY_LOW);
    } catch (error) {
      this.log.debug('the database server keeps its usual priority', { reason: String(error) });
    }
  }

  private async whyNotReady(child: ChildProcess): Promise<string | null> {
    const end: { reason: string | null } = { reason: null };
    child.once('error', (error) => (end.reason = error.message));
    child.once('exit', (code, signal) => (end.reason = `the server ended at once (${String(code ?? signal)})`));
    const startedAt = performance.now();
    let isTold = false;
    while (performance.now() - startedAt < START_WAIT_MS) {
      const answer = await isAnswering(this.address('postgres')).catch(
        (error: unknown) => toDatabaseError(error).message,
      );
      if (end.reason !== null) return end.reason;
      if (answer === true) return null;
      if (answer !== false) return answer;
      if (!isTold && performance.now() - startedAt > 3_000) {
        isTold = true;
        this.log.info('the database is recovering …');
      }
      await delay(20);
    }
    return `the server did not answer within ${START_WAIT_MS / 1_000} s`;
  }

  /** Runs when the server ends; on its own port again, since every connection knows that one. */
  private async restart(): Promise<void> {
    if (!this.isStopping) this.log.warn('the database server ended by itself; starting it again');
    for (let waitMs = RESTART_DELAY_MS; !this.isStopping; waitMs = Math.min(waitMs * 2, MAX_RESTART_DELAY_MS)) {
      await delay(waitMs, undefined, { ref: false });
      if (await this.isUpAgain()) return;
    }
  }

  private async isUpAgain(): Promise<boolean> {
    if (this.isStopping) return true;
    const fault = await this.launch();
    if (fault === null) this.log.info('the database server runs again', { pid: this.pid });
    else this.log.debug('the database server does not start', { reason: fault, output: this.output() });
    return fault === null;
  }

  private rememberedPort(): number {
    const file = path.join(this.directory.path, 'port');
    const port = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
    return Number.isInteger(port) && port > 0 && port < 65_536 ? port : 0;
  }

  /** The last resort when the process ends without shutting down: ask the server to end, wait for nothing. */
  private readonly endWithUs = (): void => {
    this.isStopping = true;
    this.child?.kill('SIGINT');
  };

  private get logFile(): string {
    return path.join(this.directory.path, 'server.log');
  }

  /** The end of what the server said; it is told not to log statements or values. */
  private output(): string {
    return readFileSync(this.logFile, 'utf8').trim().split('\n').slice(-3).join(' | ').slice(-600);
  }

  private startFault(reason: string): DatabaseError {
    return new DatabaseError(
      'no_embedded_server',
      `the embedded PostgreSQL in ${this.directory.path} does not start: ${reason}. It said: ${this.output()}. ` +
        'Repair that, or set CROSSBOOK_DATABASE_URL to a PostgreSQL server of your own',
      false,
    );
  }
}
