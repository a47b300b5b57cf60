import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { env } from 'node:process';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Argument, Command, Option } from 'commander';
import { commandTree } from './command-tree.js';
import { completionFor, SHELLS, type Shell } from './completion.js';

const tree = commandTree(
  new Command('crossbook')
    .version('1')
    .addCommand(
      new Command('keys')
        .description("look after 'keys': all $of them")
        .addCommand(
          new Command('add').description('store one').option('--label <name>', 'its name').option('--json', ''),
        )
        .addCommand(new Command('audit').addCommand(new Command('verify'))),
    )
    .addCommand(
      new Command('import')
        .argument('<files...>', 'recordings')
        .addOption(new Option('--kind <kind>', 'what').choices(['binance', 'tops']))
        .option('-o, --out <file>', 'where to')
        .option('--data-dir <directory>', 'where'),
    )
    .addCommand(new Command('completion').addArgument(new Argument('<shell>', 'which').choices(SHELLS)))
    .addCommand(new Command('secret'), { hidden: true }),
);

let directory: string;
const script = (shell: Shell): string => path.join(directory, `completion.${shell}`);

beforeAll(() => {
  directory = mkdtempSync(path.join(os.tmpdir(), 'crossbook-completion-'));
  for (const shell of SHELLS) writeFileSync(script(shell), completionFor(shell, tree));
  for (const name of ['one file.gz', 'two.gz']) writeFileSync(path.join(directory, name), '');
});

afterAll(() => {
  rmSync(directory, { recursive: true });
});

const has = (program: string): boolean => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
const leftOut = (program: string): string => (has(program) ? '' : ` (left out: ${program} is not installed)`);

function run(program: string, args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(program, [...args], {
    cwd: directory,
    encoding: 'utf8',
    env: { ...env, HOME: directory },
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout;
}

/** Asks bash as it asks itself when Tab is pressed at the end of the words. */
function inBash(...words: string[]): string[] {
  const asking = `source "$0"; COMP_WORDS=("$@"); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _crossbook; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return run('bash', ['-c', asking, script('bash'), ...words])
    .split('\n')
    .filter((line) => line !== '');
}

/** What is offered after what was typed so far, by shells that tell it themselves. */
const CASES: readonly (readonly [typed: string, offered: readonly string[], missing: readonly string[]])[] = [
  ['crossbook ', ['keys', 'import', 'completion'], ['add', 'secret', '--help', 'two.gz']],
  ['crossbook ke', ['keys'], ['import']],
  ['crossbook keys ', ['add', 'audit'], ['keys', 'verify', 'two.gz']],
  ['crossbook keys audit ', ['verify'], ['add']],
  ['crossbook keys add --', ['--label', '--json', '--help'], ['--kind']],
  ['crossbook keys add --label audit --', ['--label', '--json'], ['verify']],
  ['crossbook import --kind ', ['binance', 'tops'], ['two.gz', 'keys']],
  ['crossbook import tw', ['two.gz'], ['--kind']],
  ['crossbook import --out tw', ['two.gz'], []],
  ['crossbook completion ', ['bash', 'zsh', 'fish'], ['keys']],
];

const expectOffer = (given: readonly string[], offered: readonly string[], missing: readonly string[]): void => {
  expect(given).toEqual(expect.arrayContaining([...offered]));
  expect(given.filter((word) => missing.includes(word))).toEqual([]);
};

describe('completion', () => {
  it.each(CASES)('offers in bash after %j', (typed, offered, missing) => {
    expectOffer(inBash(...typed.split(' ')), offered, missing);
  });

  it('knows in bash a value behind "=", and a file name with a blank', () => {
    expect(inBash('crossbook', 'import', '--kind', '=', 'ti')).toEqual([]);
    expect(inBash('crossbook', 'import', '--kind', '=', 'to')).toEqual(['tops']);
    expect(inBash('crossbook', 'import', '--kind', '=')).toEqual(['binance', 'tops']);
    expect(inBash('crossbook', 'import', 'one')).toEqual(['one file.gz']);
  });

  (has('fish') ? it : it.skip).each(CASES)(`offers in fish${leftOut('fish')} after %j`, (typed, offered, missing) => {
    const asking = 'source $argv[1]; complete -C $argv[2]';
    const lines = run('fish', ['--no-config', '-c', asking, script('fish'), typed]).split('\n');
    expectOffer(
      lines.map((line) => line.split('\t')[0] ?? ''),
      offered,
      missing,
    );
  });

  (has('zsh') ? it : it.skip)(`is whole for zsh${leftOut('zsh')}, and registers itself there`, () => {
    const asking = `autoload -Uz compinit && compinit -u -D && source "$0" && print -r -- "$_comps[crossbook]"`;
    expect(run('zsh', ['-f', '-c', asking, script('zsh')])).toBe('_crossbook\n');
    expect(completionFor('zsh', tree)).toContain(`'keys:look after '\\''keys'\\''\\: all $of them'`);
  });
});
