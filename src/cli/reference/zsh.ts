import { allCommands, type CommandNode, type CommandValue } from './command-tree.js';
import { completedValues, placeOf, quoted, walkCases } from './shell-cases.js';

/** An entry for `_describe`: the word, a colon, what it is. */
function described(word: string, description: string): string {
  return quoted(`${word.replaceAll(':', '\\:')}:${description.replaceAll(':', '\\:')}`);
}

function valueAction({ name, kind, choices }: CommandValue): string {
  if (choices.length > 0) return `compadd -- ${choices.join(' ')}`;
  if (kind === 'text') return `_message ${quoted(name)}`;
  return kind === 'file' ? '_files' : '_files -/';
}

function valueCases(program: CommandNode): string {
  return completedValues(program)
    .map(({ label, value }) => `      ${quoted(label)}) ${valueAction(value)} ;;`)
    .join('\n');
}

function commandCase(node: CommandNode): string {
  const commands = node.commands.map(({ name, summary }) => described(name, summary));
  const choices = node.arguments.flatMap((one) => one.choices.map((choice) => described(choice, one.description)));
  const options = node.options.flatMap(({ names, description }) => names.map((one) => described(one, description)));
  const files = node.arguments.some(({ kind }) => kind !== 'text') ? ' files=1' : '';
  const first = [...commands, ...choices].join(' ');
  return `    ${quoted(placeOf(node))}) commands=(${first}) options=(${options.join(' ')})${files} ;;`;
}

/**
 * Writes a completion for zsh, to be sourced or put into a folder of `fpath` as `_crossbook`.
 *
 * @param program - Its commands.
 * @returns A script.
 */
export function zshCompletion(program: CommandNode): string {
  const name = program.name;
  return `#compdef ${name}
# Completes ${name} in zsh; made by "${name} completion zsh".
_${name}() {
  local at='' pending='' files='' word i
  local -a commands options
  for ((i = 2; i < CURRENT; i++)); do
    word=\${words[i]}
    if [[ -n $pending ]]; then pending=''; continue; fi
    case $at in
${walkCases(program)}
    esac
  done
  if [[ -z $pending && $PREFIX == --*=* ]]; then
    pending=\${PREFIX%%=*}
    compset -P '*='
  fi
  if [[ -n $pending ]]; then
    case "$at $pending" in
${valueCases(program)}
    esac
    return
  fi
  case $at in
${allCommands(program).map(commandCase).join('\n')}
  esac
  if [[ $PREFIX == -* || ( \${#commands} -eq 0 && -z $files ) ]]; then
    _describe -o option options
  elif [[ -n $files ]]; then
    _files
  else
    _describe command commands
  fi
}
if [[ \${funcstack[1]} == _${name} ]]; then _${name} "$@"; else compdef _${name} ${name}; fi
`;
}
