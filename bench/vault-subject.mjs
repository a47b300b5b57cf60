// Seals and opens secrets in a process of its own, in turn with bare AES-256-GCM of the same bytes under the same key:
// prints one JSON line with each per second. Arguments: turns
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { Secret } from '../dist/exchanges/index.js';
import { MasterKey } from '../dist/keys/vault/master-key.js';
import { seal, unseal } from '../dist/keys/vault/sealer.js';

const turns = Number(process.argv[2]);
const bytes = randomBytes(32);
const masterKey = new MasterKey(bytes);
const context = { keyId: 'bench', exchange: 'binance', field: 'secret', version: 1 };
const text = randomBytes(48).toString('base64');
const secret = new Secret(text);

const bareSeal = () => {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', bytes, nonce);
  const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return { nonce, body, tag: cipher.getAuthTag() };
};
const bareOpen = ({ nonce, body, tag }) => {
  const decipher = createDecipheriv('aes-256-gcm', bytes, nonce);
  decipher.setAuthTag(tag);
  return Buffer.concat([decipher.update(body), decipher.final()]).toString();
};
const sealed = await seal(masterKey, context, secret);
const bareSealed = bareSeal();
const work = {
  seal: () => seal(masterKey, context, secret),
  bareSeal,
  open: () => unseal(masterKey, context, sealed),
  bareOpen: () => bareOpen(bareSealed),
};
if ((await work.open()).reveal() !== text || work.bareOpen() !== text) throw new Error('what was sealed does not open');

/** How many a second, one after another. */
async function perSecond(one, times) {
  const startedAt = performance.now();
  for (let turn = 0; turn < times; turn++) await one();
  return times / ((performance.now() - startedAt) / 1_000);
}
const figures = {};
for (const one of Object.values(work)) await perSecond(one, turns / 4);
for (const [name, one] of Object.entries(work)) figures[name] = await perSecond(one, turns);
process.stdout.write(`${JSON.stringify(figures)}\n`);
