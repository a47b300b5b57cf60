import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { generate } from 'selfsigned';

/** A certificate for localhost that signs itself, and its key, as PEM files. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
  readonly files: { readonly cert: string; readonly key: string };
}

/** Makes a new certificate and writes it into a directory, over one that is there. */
export async function writeCertificate(directory: string): Promise<Certificate> {
  const made = await generate([{ name: 'commonName', value: 'localhost' }], {
    keySize: 2048,
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] }],
  });
  const files = { cert: path.join(directory, 'cert.pem'), key: path.join(directory, 'key.pem') };
  writeFileSync(files.cert, made.cert);
  writeFileSync(files.key, made.private, { mode: 0o600 });
  return { cert: made.cert, key: made.private, files };
}
