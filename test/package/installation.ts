import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { env } from 'node:process';
import { childEnvironment } from '../../src/platform/config/index.js';
import { copied, ROOT, stagesOfContainerfile } from './containerfile.js';

/** How a program ended, and what it said. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end. */
export function run(command: string, args: readonly string[], cwd: string, vars: NodeJS.ProcessEnv): Promise<Ended> {
  return ended(spawn(command, [...args], { cwd, env: vars, stdio: ['ignore', 'pipe', 'pipe'] }));
}

/** Resolves when a program has ended. */
export function ended(child: ChildProcess): Promise<Ended> {
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => (said[name] += text));
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      resolve({ code, ...said });
    });
  });
}

/** Where a tool is, null where this machine has none. */
export function toolAt(name: string): string | null {
  const found = spawnSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' });
  return found.status === 0 ? found.stdout.trim() : null;
}

/** The package, made and installed in a folder of its own. */
export class Installation {
  readonly directory = mkdtempSync(path.join(os.tmpdir(), 'crossbook-package-'));
  readonly prefix = path.join(this.directory, 'prefix');
  /** An empty folder to start in. */
  readonly empty = path.join(this.directory, 'empty');
  tarball = '';

  /** The program, as it is on the PATH after `npm install --global`. */
  get program(): string {
    return path.join(this.prefix, 'bin/crossbook');
  }

  /** An environment with the program on its PATH and no setting of ours. */
  environment(added: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
    const { PATH = '', ...others } = childEnvironment();
    return { ...others, PATH: `${path.join(this.prefix, 'bin')}:${PATH}`, ...added };
  }

  /** Packs what the Containerfile copies out of this clone, and installs the tarball as a user would. */
  async make(): Promise<void> {
    const source = path.join(this.directory, 'source');
    for (const folder of [source, this.empty]) mkdirSync(folder);
    for (const instruction of stagesOfContainerfile()[0]?.instructions ?? []) {
      const { sources, target } = copied(instruction) ?? { sources: [], target: '' };
      for (const each of sources) {
        const name = target.endsWith('/') ? path.join(target, each) : target;
        cpSync(path.join(ROOT, each), path.join(source, name), { recursive: true });
      }
    }
    symlinkSync(path.join(ROOT, 'node_modules'), path.join(source, 'node_modules'));
    await this.npm(['pack', '--pack-destination', this.directory], source);
    const [tarball] = readdirSync(this.directory).filter((name) => name.endsWith('.tgz'));
    this.tarball = path.join(this.directory, tarball ?? '');
    if (existsSync(path.join(source, 'npm-shrinkwrap.json')))
      throw new Error('packing left npm-shrinkwrap.json behind');
    rmSync(source, { recursive: true });
    await this.npm(['install', '--global', '--prefix', this.prefix, '--prefer-offline', this.tarball], this.empty);
  }

  /** Writes a file beside the installation. */
  write(name: string, text: string): string {
    const file = path.join(this.directory, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
    return file;
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }

  private async npm(args: readonly string[], cwd: string): Promise<void> {
    const { code, stderr } = await run('npm', [...args, '--no-audit', '--no-fund'], cwd, env);
    if (code !== 0) throw new Error(`npm ${args.join(' ')} ended with ${String(code)}: ${stderr}`);
  }
}
