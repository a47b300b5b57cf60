import { simulatorCommand } from './simulator.command.js';

await simulatorCommand().parseAsync();
