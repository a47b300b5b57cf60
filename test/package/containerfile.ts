import { readFileSync } from 'node:fs';
import path from 'node:path';

export const ROOT = path.resolve(import.meta.dirname, '../..');

/** One instruction of a Containerfile, lines that go on joined. */
export interface Instruction {
  readonly name: string;
  readonly words: readonly string[];
}

/** A stage: what it begins from, its name, and what follows. */
export interface Stage {
  readonly from: string;
  readonly name: string | null;
  readonly instructions: readonly Instruction[];
}

/** Reads the stages of our Containerfile. */
export function stagesOfContainerfile(): Stage[] {
  const text = readFileSync(path.join(ROOT, 'Containerfile'), 'utf8');
  const lines = text
    .replaceAll(/^#.*\n/gm, '')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => line.trim() !== '');
  const stages: { from: string; name: string | null; instructions: Instruction[] }[] = [];
  for (const line of lines) {
    const [name = '', ...words] = line.trim().split(/\s+/);
    if (name === 'FROM') stages.push({ from: words[0] ?? '', name: words[2] ?? null, instructions: [] });
    else stages.at(-1)?.instructions.push({ name, words });
  }
  return stages;
}

/** What a COPY of the build context takes, and where to; null for one out of another stage. */
export function copied({ name, words }: Instruction): { sources: string[]; target: string } | null {
  if (name !== 'COPY' || words.some((word) => word.startsWith('--from='))) return null;
  return { sources: words.slice(0, -1), target: words.at(-1) ?? '' };
}
