import { describe, expect, it } from '@jest/globals';
import { Argument, Command } from 'commander';
import { commandTree } from './command-tree.js';
import { manPage } from './man.js';

const program = new Command('crossbook')
  .description('Watches.')
  .addCommand(
    new Command('replay')
      .description('run it again')
      .addArgument(new Argument('<how>', 'in which way').choices(['fast', 'slow']))
      .requiredOption('--out <file>', 'a "file" → there')
      .addHelpText('after', "\n.crossbook is a directory\n'so' it is\n  back\\slash"),
  )
  .addCommand(new Command('secret'), { hidden: true });
const lines = manPage(commandTree(program), '1.2.3').split('\n');

describe('manPage', () => {
  it('has the sections that man expects, in their order', () => {
    expect(lines[1]).toBe('.TH CROSSBOOK 1 "" "crossbook 1.2.3" "User Commands"');
    expect(lines.filter((line) => line.startsWith('.SH '))).toEqual([
      ...['.SH NAME', '.SH SYNOPSIS', '.SH DESCRIPTION', '.SH COMMANDS'],
      ...['.SH ENVIRONMENT', '.SH FILES', '.SH EXIT STATUS'],
    ]);
  });

  it('tells each command with its arguments and options, and no hidden one', () => {
    const at = lines.indexOf('.SS "crossbook replay [options] <how>"');
    expect(lines.slice(at + 1, at + 8)).toEqual([
      'Run it again.',
      '.TP',
      '.B "<how>"',
      'in which way: fast, slow',
      '.TP',
      '.B "\\-\\-out <file>"',
      'a "file" \\[u2192] there; needed',
    ]);
    expect(lines.join('\n')).not.toContain('secret');
  });

  it('lets no text pass for a macro', () => {
    expect(lines).toEqual(expect.arrayContaining(['\\&.crossbook is a directory', "\\&'so' it is", '  back\\eslash']));
  });
});
