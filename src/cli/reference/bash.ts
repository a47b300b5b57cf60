import { allCommands, type CommandNode, type CommandValue } from './command-tree.js';
import { completedValues, placeOf, quoted, walkCases } from './shell-cases.js';

function valueAction({ kind, choices }: CommandValue): string {
  if (choices.length > 0) return `words=${quoted(choices.join(' '))}`;
  return kind === 'text' ? ':' : `names=${kind === 'file' ? '-f' : '-d'}`;
}

function valueCases(program: CommandNode): string {
  return completedValues(program)
    .map(({ label, value }) => `      ${quoted(label)}) ${valueAction(value)} ;;`)
    .join('\n');
}

function commandCase(node: CommandNode): string {
  const commands = node.commands.map(({ name }) => name);
  const choices = node.arguments.flatMap((argument) => argument.choices);
  const takesFiles = node.arguments.some(({ kind }) => kind !== 'text');
  const first = [...commands, ...choices].join(' ');
  const options = node.options.flatMap(({ names }) => names).join(' ');
  const files = takesFiles ? ' names=-f' : '';
  return `      ${quoted(placeOf(node))}) words=${quoted(first)} options=${quoted(options)}${files} ;;`;
}

/**
 * Writes a completion for bash 3.2 and later, which needs nothing else.
 *
 * @param program - Its commands.
 * @returns A script to be sourced.
 */
export function bashCompletion(program: CommandNode): string {
  const name = program.name;
  return `# Completes ${name} in bash; made by "${name} completion bash".
_${name}() {
  local cur=\${COMP_WORDS[COMP_CWORD]} at='' pending='' words='' options='' names='' word i
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    if [[ $word == '=' ]]; then continue; fi
    if [[ -n $pending ]]; then pending=''; continue; fi
    case $at in
${walkCases(program)}
    esac
  done
  if [[ $cur == '=' ]]; then cur=''; fi
  if [[ -n $pending ]]; then
    case "$at $pending" in
${valueCases(program)}
    esac
  else
    case $at in
${allCommands(program).map(commandCase).join('\n')}
    esac
    if [[ $cur == -* ]]; then
      words=$options names=''
    elif [[ -z $words && -z $names ]]; then
      words=$options
    fi
  fi
  local IFS=$'\\n'
  if [[ -n $names ]]; then
    compopt -o filenames 2>/dev/null
    COMPREPLY=($(compgen "$names" -- "$cur"))
  else
    words=\${words// /$'\\n'}
    COMPREPLY=($(compgen -W "$words" -- "$cur"))
  fi
}
complete -F _${name} ${name}
`;
}
