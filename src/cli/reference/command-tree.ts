import type { EventEmitter } from 'node:events';
import type { Argument, Command, Option } from 'commander';

/** What a value on the command line is, as far as a shell can complete it. */
export type ValueKind = 'text' | 'file' | 'directory';

/** A value that an option or a command takes. */
export interface CommandValue {
  readonly name: string;
  readonly kind: ValueKind;
  /** The only values there are; none where any will do. */
  readonly choices: readonly string[];
}

/** One option of a command. */
export interface CommandOption {
  /** As the help shows it: `--out <file>`. */
  readonly flags: string;
  /** Its names with their dashes: `-h`, `--help`. */
  readonly names: readonly string[];
  readonly description: string;
  /** Null where it takes none. */
  readonly value: CommandValue | null;
  readonly isMandatory: boolean;
}

/** One positional argument of a command. */
export interface CommandArgument extends CommandValue {
  readonly description: string;
}

/** A command as plain data, for everything that describes it elsewhere. */
export interface CommandNode {
  /** The words that lead here from the program, without its name; none for the program itself. */
  readonly path: readonly string[];
  readonly name: string;
  readonly summary: string;
  readonly description: string;
  /** What follows the words on a line: `[options] <file>`. */
  readonly usage: string;
  /** What the help tells below the options. */
  readonly notes: string;
  readonly arguments: readonly CommandArgument[];
  readonly options: readonly CommandOption[];
  readonly commands: readonly CommandNode[];
}

const FILE_NAMES: ReadonlySet<string> = new Set(['file', 'files', 'path']);
const kindOf = (name: string): ValueKind =>
  name === 'directory' ? 'directory' : FILE_NAMES.has(name) ? 'file' : 'text';

function valueOf(name: string, choices: readonly string[] | undefined): CommandValue {
  return { name, kind: kindOf(name), choices: choices ?? [] };
}

function optionOf(option: Option): CommandOption {
  const name = /[<[]([^\]>]+?)(?:\.\.\.)?[\]>]/.exec(option.flags)?.[1];
  return {
    flags: option.flags,
    names: [option.short, option.long].filter((each) => each !== undefined),
    description: option.description,
    value: name === undefined ? null : valueOf(name, option.argChoices),
    isMandatory: option.mandatory,
  };
}

function argumentOf(argument: Argument): CommandArgument {
  return { ...valueOf(argument.name(), argument.argChoices), description: argument.description };
}

/** What `addHelpText('after', …)` gave: the help tells it by this event. */
function notesOf(command: Command): string {
  let notes = '';
  const events = command as unknown as EventEmitter; // It is one, though its types do not say so.
  events.emit('afterHelp', { error: false, command, write: (text: string) => (notes += text) });
  return notes.trim() === '' ? '' : notes.replace(/^\n+|\s+$/g, '');
}

/**
 * Reads the commands out of the program, so that what is made of them can never lag behind.
 *
 * @param command - The program.
 * @param path - Where it stands; for the recursion.
 * @returns All of it as plain data, hidden commands and options left out.
 */
export function commandTree(command: Command, path: readonly string[] = []): CommandNode {
  const help = command.createHelp();
  const children = help.visibleCommands(command).filter((child) => child.name() !== 'help');
  return {
    path,
    name: command.name(),
    summary: command.summary() === '' ? command.description() : command.summary(),
    description: command.description(),
    usage: command.usage(),
    notes: notesOf(command),
    arguments: command.registeredArguments.map(argumentOf),
    options: help.visibleOptions(command).map(optionOf),
    commands: children.map((child) => commandTree(child, [...path, child.name()])),
  };
}

/** A command and all below it, from the top. */
export function allCommands(node: CommandNode): CommandNode[] {
  return [node, ...node.commands.flatMap(allCommands)];
}
