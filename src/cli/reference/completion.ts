import { bashCompletion } from './bash.js';
import type { CommandNode } from './command-tree.js';
import { fishCompletion } from './fish.js';
import { zshCompletion } from './zsh.js';

/** The shells whose completion can be made. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;

/** One of {@link SHELLS}. */
export type Shell = (typeof SHELLS)[number];

const MAKERS: Readonly<Record<Shell, (program: CommandNode) => string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
};

/**
 * Writes what a shell needs to complete the commands of a program.
 *
 * @param shell - The shell.
 * @param program - Its commands.
 * @returns A script for that shell.
 */
export function completionFor(shell: Shell, program: CommandNode): string {
  return MAKERS[shell](program);
}
