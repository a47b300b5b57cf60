import { allCommands, type CommandNode, type CommandOption } from './command-tree.js';
import { placeOf } from './shell-cases.js';

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

function optionLine(start: string, { names, description, value }: CommandOption): string {
  const flags = names.map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`)).join(' ');
  const wants =
    value === null
      ? ''
      : value.choices.length > 0
        ? ` -x -a ${quoted(value.choices.join(' '))}`
        : value.kind === 'text'
          ? ' -x'
          : value.kind === 'file'
            ? ' -r -F'
            : " -x -a '(__fish_complete_directories)'";
  return `${start} ${flags}${wants} -d ${quoted(description)}`;
}

function linesOf(program: CommandNode, node: CommandNode): string[] {
  const start = `complete -c ${program.name} -n ${quoted(`__${program.name}_at "${placeOf(node)}"`)}`;
  return [
    ...node.commands.map(({ name, summary }) => `${start} -a ${name} -d ${quoted(summary)}`),
    ...node.arguments.flatMap(({ choices, description }) =>
      choices.length > 0 ? [`${start} -a ${quoted(choices.join(' '))} -d ${quoted(description)}`] : [],
    ),
    ...(node.arguments.some(({ kind }) => kind !== 'text') ? [`${start} -F`] : []),
    ...node.options.map((option) => optionLine(start, option)),
  ];
}

function walk(program: CommandNode): string {
  return allCommands(program)
    .flatMap((node) => {
      const at = placeOf(node);
      const names = node.commands.map(({ name }) => quoted(`${at}/${name}`));
      const valued = node.options.filter(({ value }) => value !== null).flatMap((option) => option.names);
      return [
        ...(names.length > 0 ? [`      case ${names.join(' ')}\n        set at "$at $word"`] : []),
        ...(valued.length > 0
          ? [`      case ${valued.map((name) => quoted(`${at}/${name}`)).join(' ')}\n        set pending $word`]
          : []),
      ];
    })
    .join('\n');
}

/**
 * Writes a completion for fish 3 and later.
 *
 * @param program - Its commands.
 * @returns A script to be sourced, or put into `completions/`.
 */
export function fishCompletion(program: CommandNode): string {
  const name = program.name;
  return `# Completes ${name} in fish; made by "${name} completion fish".
function __${name}_at --argument-names wanted
  set -l at ''
  set -l pending ''
  set -l words (commandline -opc)
  set -e words[1]
  for word in $words
    if test -n "$pending"
      set pending ''
      continue
    end
    switch "$at/$word"
${walk(program)}
    end
  end
  test "$at" = "$wanted"
end
complete -c ${name} -f
${allCommands(program)
  .flatMap((node) => linesOf(program, node))
  .join('\n')}
`;
}
