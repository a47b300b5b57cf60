import { allCommands, type CommandNode, type CommandValue } from './command-tree.js';

/** The place of a command in the scripts: ` keys add`, empty for the program. */
export function placeOf({ path }: CommandNode): string {
  return path.map((word) => ` ${word}`).join('');
}

/** A text in single quotes, for bash and zsh. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/**
 * Writes the arms of a `case` of bash or zsh that follows the words already typed: each known command leads one place
 * further, each option that takes a value waits for it.
 */
export function walkCases(program: CommandNode): string {
  return allCommands(program)
    .map((node) => {
      const names = node.commands.map(({ name }) => name);
      const valued = node.options.filter(({ value }) => value !== null).flatMap((option) => option.names);
      const arms = [
        ...(names.length > 0 ? [`${names.join('|')}) at+=" $word" ;;`] : []),
        ...(valued.length > 0 ? [`${valued.join('|')}) pending=$word ;;`] : []),
      ];
      return { place: placeOf(node), arms };
    })
    .filter(({ arms }) => arms.length > 0)
    .map(({ place, arms }) => `      ${quoted(place)}) case $word in ${arms.join(' ')} esac ;;`)
    .join('\n');
}

/** Every option that takes a value which a shell can complete, with its place. */
export function completedValues(program: CommandNode): { readonly label: string; readonly value: CommandValue }[] {
  return allCommands(program).flatMap((node) =>
    node.options.flatMap(({ names, value }) =>
      value === null ? [] : names.map((name) => ({ label: `${placeOf(node)} ${name}`, value })),
    ),
  );
}
