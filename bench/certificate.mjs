// A certificate for 127.0.0.1, made for one run by the openssl of the system.
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

/** Writes `cert.pem` and `key.pem` into a new folder. Null, and said, where there is no openssl. */
export async function makeCertificate() {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'crossbook-bench-'));
  const made = ['-keyout', path.join(folder, 'key.pem'), '-out', path.join(folder, 'cert.pem')];
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1'];
  const name = ['-subj', '/CN=crossbook bench', '-addext', 'subjectAltName=IP:127.0.0.1'];
  try {
    await promisify(execFile)('openssl', ['req', '-x509', ...kind, ...name, ...made]);
  } catch (error) {
    await rm(folder, { recursive: true });
    process.stderr.write(`figures over TLS are left out: openssl cannot be run (${error.code ?? error.message})\n`);
    return null;
  }
  return { folder, remove: () => rm(folder, { recursive: true }) };
}
