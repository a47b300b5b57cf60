import { allCommands, type CommandNode } from './command-tree.js';

/** Text as roff shows it unchanged: backslashes, dashes, beginnings of lines, letters beyond ASCII. */
function roff(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll(
      /[^\n\x20-\x7e]/gu,
      (letter) => `\\[u${letter.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0') ?? ''}]`,
    )
    .replaceAll(/^([.'])/gm, '\\&$1');
}

/** An argument of a macro. */
function argument(text: string): string {
  return `"${roff(text).replaceAll('"', '\\(dq')}"`;
}

function paragraph(text: string): string[] {
  return ['.PP', roff(text)];
}

/** Text whose lines stay as they are. */
function asWritten(text: string): string[] {
  return ['.PP', '.nf', roff(text), '.fi'];
}

function item(head: string, text: string): string[] {
  return ['.TP', `.B ${argument(head)}`, roff(text)];
}

function commandSection(program: CommandNode, node: CommandNode): string[] {
  const words = [program.name, ...node.path].join(' ');
  const description = node.description.endsWith('.') ? node.description : `${node.description}.`;
  return [
    `.SS ${argument(`${words} ${node.usage}`)}`,
    roff(`${description.charAt(0).toUpperCase()}${description.slice(1)}`),
    ...node.arguments.flatMap(({ name, description: what, choices }) =>
      item(`<${name}>`, choices.length > 0 ? `${what}: ${choices.join(', ')}` : what),
    ),
    ...node.options
      .filter(({ names }) => !names.includes('--help'))
      .flatMap(({ flags, description: what, value, isMandatory }) => {
        const choices = value === null || value.choices.length === 0 ? '' : ` (${value.choices.join(', ')})`;
        return item(flags, `${what}${choices}${isMandatory ? '; needed' : ''}`);
      }),
    ...(node.notes === '' ? [] : asWritten(node.notes)),
  ];
}

const FILES: readonly (readonly [string, string])[] = [
  ['crossbook.yaml', 'the settings, looked for in the directory where it is started; CROSSBOOK_CONFIG names another'],
  ['.crossbook', 'the data: the embedded database, the master key, the admin token; dataDir names another directory'],
];

const ENVIRONMENT: readonly (readonly [string, string])[] = [
  ['CROSSBOOK_CONFIG', 'file of the settings'],
  ['CROSSBOOK_URL', 'where the running service is, for the commands that speak to it'],
  ['CROSSBOOK_TOKEN', 'token for it, in the place of the admin token in the data directory'],
];

const EXITS: readonly (readonly [string, string])[] = [
  ['0', 'done'],
  ['1', 'failed or refused'],
  ['2', 'the command was not understood'],
  ['3', 'keys check: a key is critical'],
  ['4', 'keys audit verify: the audit is not whole'],
];

/**
 * Writes the man page of a program, in the macros of man(7).
 *
 * @param program - Its commands.
 * @param version - Version that it belongs to.
 * @returns The page, section 1.
 */
export function manPage(program: CommandNode, version: string): string {
  const { name } = program;
  const [, ...commands] = allCommands(program);
  return [
    `.\\" Made of the commands of ${name} ${version}; do not edit.`,
    `.TH ${name.toUpperCase()} 1 "" ${argument(`${name} ${version}`)} "User Commands"`,
    '.SH NAME',
    roff(`${name} - watches order books of many exchanges for spreads that would really pay`),
    '.SH SYNOPSIS',
    `.B ${argument(name)}`,
    roff('<command> [options]'),
    '.SH DESCRIPTION',
    roff(`${program.description} It never places an order and never moves funds.`),
    ...paragraph('Every command explains itself with --help.'),
    '.SH COMMANDS',
    ...commands.flatMap((node) => commandSection(program, node)),
    '.SH ENVIRONMENT',
    roff('Every setting can be given as a variable, named by "crossbook start --help"; beside them:'),
    ...ENVIRONMENT.flatMap(([head, text]) => item(head, text)),
    '.SH FILES',
    ...FILES.flatMap(([head, text]) => item(head, text)),
    '.SH EXIT STATUS',
    ...EXITS.flatMap(([head, text]) => item(head, text)),
    '',
  ].join('\n');
}
