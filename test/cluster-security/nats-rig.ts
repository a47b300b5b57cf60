import { type ChildProcess, spawn } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { generate } from 'selfsigned';
import { freePort } from '../../src/cli/demo/free-port.js';
import type { ClusterRole, Settings } from '../../src/platform/config/index.js';
import { Broker } from '../../src/platform/nats/index.js';
import { capturedLog } from '../support/captured-log.js';
import { buildCommandLine, commandLine, type Ended } from '../support/command-line.js';
import { temporaryDirectory } from '../support/databases.js';
import { NATS_SERVER } from '../support/nats-server.js';
import { waitFor } from '../support/wait-for.js';

/** One connection through our own door, and what it logged. */
export interface Connected {
  readonly broker: Broker;
  readonly lines: string[];
  /** What the server refused since the last look. Every command sent before was judged by then. */
  readonly refusals: () => Promise<string[]>;
}

/** The real server with the configuration that the command writes, and a certificate by an authority of our own. */
export class NatsRig {
  readonly directory = temporaryDirectory();
  readonly out = path.join(this.directory, 'nats');
  readonly files = {
    ca: path.join(this.directory, 'ca.pem'),
    cert: path.join(this.directory, 'server.pem'),
    key: path.join(this.directory, 'server.key'),
    strangeCa: path.join(this.directory, 'strange-ca.pem'),
  };
  port = 0;
  private readonly brokers: Broker[] = [];
  private server: ChildProcess | null = null;
  private said = '';

  /** Writes the configuration; the server is not started yet. */
  static async create(): Promise<NatsRig> {
    buildCommandLine();
    const rig = new NatsRig();
    rig.port = await freePort();
    await rig.writeCertificates();
    const { code, stderr } = await rig.configure();
    if (code !== 0) throw new Error(stderr);
    return rig;
  }

  /** Runs the command once more, with further options. */
  configure(...options: string[]): Promise<Ended> {
    const { ca, cert, key } = this.files;
    const tls = ['--host', '0.0.0.0', '--tls-cert', cert, '--tls-key', key, '--tls-ca', ca];
    const args = ['nats-conf', '--out', this.out, '--port', String(this.port), ...tls, ...options];
    return commandLine(args, { cwd: this.directory });
  }

  async start(conf = path.join(this.out, 'nats.conf')): Promise<void> {
    this.said = '';
    const server = spawn(NATS_SERVER ?? '', ['-c', conf], { stdio: ['ignore', 'ignore', 'pipe'] });
    server.stderr.on('data', (chunk) => (this.said += String(chunk)));
    this.server = server;
    await waitFor('nats-server is ready', () => {
      if (server.exitCode !== null) throw new Error(`nats-server ended: ${this.said}`);
      return this.said.includes('Server is ready');
    });
  }

  /** Has the server read its configuration again. */
  async reload(): Promise<void> {
    this.said = '';
    this.server?.kill('SIGHUP');
    await waitFor('nats-server has reloaded', () => this.said.includes('Reloaded server configuration'));
  }

  seedOf(role: ClusterRole): string {
    return path.join(this.out, `${role}.seed`);
  }

  settings(role: ClusterRole, changes: Partial<Settings['nats']> = {}): Pick<Settings, 'nats' | 'role'> {
    const url = `tls://localhost:${this.port}`;
    return { role, nats: { url, seedFile: this.seedOf(role), ca: this.files.ca, ...changes } };
  }

  async connect(role: ClusterRole, changes: Partial<Settings['nats']> = {}): Promise<Connected> {
    const { log, lines } = capturedLog();
    const broker = await Broker.open(this.settings(role, changes), log, `test ${role}`);
    this.brokers.push(broker);
    let seen = 0;
    const refusals = async (): Promise<string[]> => {
      // On the same connection, so that it is answered after everything before was judged.
      await broker.streams.getAccountInfo();
      const fresh = lines.slice(seen);
      seen = lines.length;
      return fresh.filter((line) => line.includes('Permissions Violation'));
    };
    return { broker, lines, refusals };
  }

  async stop(): Promise<void> {
    await Promise.all(this.brokers.splice(0).map((broker) => broker.close()));
    const { server } = this;
    if (server?.exitCode === null) {
      const ended = new Promise((resolve) => server.once('close', resolve));
      server.kill('SIGKILL');
      await ended;
    }
    rmSync(this.directory, { recursive: true, force: true });
  }

  private async writeCertificates(): Promise<void> {
    const authority = await authorityOf('desk authority');
    const strange = await authorityOf('strange authority');
    const server = await generate([{ name: 'commonName', value: 'broker' }], {
      algorithm: 'sha256',
      ca: { key: authority.private, cert: authority.cert },
      extensions: [
        { name: 'basicConstraints', cA: false },
        { name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] },
      ],
    });
    writeFileSync(this.files.ca, authority.cert);
    writeFileSync(this.files.strangeCa, strange.cert);
    writeFileSync(this.files.cert, server.cert);
    writeFileSync(this.files.key, server.private, { mode: 0o600 });
  }
}

function authorityOf(name: string): ReturnType<typeof generate> {
  return generate([{ name: 'commonName', value: name }], {
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
}
