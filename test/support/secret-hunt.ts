import { createReadStream } from 'node:fs';
import { filesBelow } from './stack.js';

/** How a secret may stand somewhere: as it is, escaped, encoded, or as UTF-16 in memory. */
function formsOf(secret: string): Buffer[] {
  const texts = [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret),
    Buffer.from(secret).toString('base64').replace(/=+$/, ''),
    Buffer.from(secret).toString('base64url'),
    Buffer.from(secret).toString('hex'),
  ];
  const bytes = [...new Set(texts)].map((text) => Buffer.from(text, 'latin1'));
  return [...bytes, Buffer.from(secret, 'utf16le')];
}

/** Looks for secrets where none may be. Says which one was found, by its name, and never the secret itself. */
export class SecretHunt {
  private readonly wanted: { readonly name: string; readonly forms: readonly Buffer[] }[] = [];

  /** Adds a secret to look for. */
  seek(name: string, secret: string): void {
    this.wanted.push({ name, forms: formsOf(secret) });
  }

  get size(): number {
    return this.wanted.length;
  }

  /** @returns The names of the secrets that some bytes hold. */
  foundIn(bytes: Buffer | string): string[] {
    const haystack = typeof bytes === 'string' ? Buffer.from(bytes) : bytes;
    return this.wanted.filter(({ forms }) => forms.some((form) => haystack.includes(form))).map(({ name }) => name);
  }

  /** @returns `secret in file`, for every file below a directory that holds one. */
  foundBelow(directory: string): string[] {
    const found: string[] = [];
    for (const [file, bytes] of filesBelow(directory)) {
      found.push(...this.foundIn(bytes).map((name) => `${name} in ${file}`));
    }
    return found;
  }

  /** Looks through a file that may be larger than a buffer can be, each piece with the end of the one before it. */
  async foundInLarge(file: string): Promise<string[]> {
    const longest = Math.max(...this.wanted.flatMap(({ forms }) => forms.map(({ length }) => length)));
    const found = new Set<string>();
    let rest = Buffer.alloc(0);
    for await (const chunk of createReadStream(file, { highWaterMark: 8 * 1024 * 1024 })) {
      const piece = Buffer.concat([rest, chunk as Buffer]);
      for (const name of this.foundIn(piece)) found.add(name);
      rest = piece.subarray(Math.max(0, piece.length - longest));
    }
    return [...found];
  }
}
