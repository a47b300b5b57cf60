import { Command } from 'commander';
import { demoCommand } from './demo/demo.command.js';

const program = new Command('crossbook')
  .description('Watches order books on many exchanges and reports only the spreads that would really pay.')
  .addCommand(demoCommand());

await program.parseAsync();
