import { Argument, type Command, Command as NewCommand } from 'commander';
import { commandTree } from './reference/command-tree.js';
import { SHELLS, type Shell, completionFor } from './reference/completion.js';

const NOTES = `
  bash   crossbook completion bash > ~/.local/share/bash-completion/completions/crossbook
  zsh    crossbook completion zsh > "\${fpath[1]}/_crossbook"
  fish   crossbook completion fish > ~/.config/fish/completions/crossbook.fish

Write it anew after an upgrade. For one session: source <(crossbook completion bash)`;

/** The command `completion`: what a shell needs to complete the others, made from them. */
export function completionCommand(): Command {
  return new NewCommand('completion')
    .description('print what a shell needs to complete these commands and their options')
    .addArgument(new Argument('<shell>', 'the shell').choices(SHELLS))
    .addHelpText('after', NOTES)
    .action((shell: Shell, _options: unknown, command: Command) => {
      process.stdout.write(completionFor(shell, commandTree(command.parent ?? command)));
    });
}
