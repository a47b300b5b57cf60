import { Command } from 'commander';
import { settingsHelp } from './platform/config/index.js';

const NOTES = `
Without dataDir (CROSSBOOK_DATA_DIR) the data is kept in .crossbook in the directory where it is started, and crossbook.yaml
is looked for there too. Ctrl-C, or SIGTERM, stops in order; a second one at once.

Settings, by name in crossbook.yaml (or the file that CROSSBOOK_CONFIG names) or by variable:
`;

/**
 * Makes the command that runs the service: the program of `main.ts`, and `crossbook start`.
 *
 * @param name - What it is called.
 * @param run - Starts the service; resolves once it listens.
 * @returns The command.
 */
export function startCommand(name: string, run: () => Promise<void>): Command {
  return new Command(name)
    .description('Watches order books on many exchanges and reports only the spreads that would really pay.')
    .addHelpText('after', () => `${NOTES}${settingsHelp()}`)
    .allowExcessArguments(false)
    .action(run);
}
