import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';

/** The token that the server takes. */
export const TRANSIT_TOKEN = 'hvs.planted-transit-token';

/** A call as the server saw it. */
interface SeenCall {
  readonly url: string;
  readonly token: string | undefined;
  readonly namespace: string | undefined;
}

type Reply = readonly [status: number, body: object];

/** Plays the transit engine of a HashiCorp Vault, with a real cipher behind it. */
export class TransitServer {
  readonly calls: SeenCall[] = [];
  isSealed = false;
  /** Answers with this instead, once for each entry. */
  readonly next: Reply[] = [];
  private readonly keys = new Map<string, Buffer>();
  private server: http.Server | null = null;
  private port = 0;

  constructor(private readonly mount = 'transit') {
    this.keys.set('crossbook', randomBytes(32));
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async start(): Promise<this> {
    const server = http.createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += String(chunk);
      });
      request.on('end', () => {
        const [status, answer] = this.answer(request, body);
        response.writeHead(status, { 'content-type': 'application/json', location: 'http://127.0.0.1:1/elsewhere' });
        response.end(JSON.stringify(answer));
      });
    });
    this.server = server;
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve));
    this.port = (server.address() as AddressInfo).port;
    return this;
  }

  async stop(): Promise<void> {
    const { server } = this;
    this.server = null;
    if (!server) return;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }

  private answer({ url = '', method, headers }: http.IncomingMessage, body: string): Reply {
    const token = headers['x-vault-token'] as string | undefined;
    this.calls.push({ url, token, namespace: headers['x-vault-namespace'] as string | undefined });
    const scripted = this.next.shift();
    if (scripted) return scripted;
    if (this.isSealed) return [503, { errors: ['Vault is sealed'] }];
    if (token !== TRANSIT_TOKEN) return [403, { errors: ['permission denied'] }];
    return this.operate(method === 'POST' ? url : '', body);
  }

  private operate(url: string, body: string): Reply {
    const [operation = '', name = ''] = url.startsWith(`/v1/${this.mount}/`) ? url.split('/').slice(-2) : [];
    if (!['encrypt', 'decrypt'].includes(operation)) {
      return [404, { errors: [`no handler for route "${url.slice(4)}". route entry not found.`] }];
    }
    const key = this.keys.get(name);
    if (!key) return [400, { errors: ['encryption key not found'] }];
    const given = JSON.parse(body) as { plaintext?: string; ciphertext?: string };
    return operation === 'encrypt' ? encrypt(key, given.plaintext ?? '') : decrypt(key, given.ciphertext ?? '');
  }
}

function encrypt(key: Buffer, plaintext: string): Reply {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  const sealed = Buffer.concat([nonce, cipher.update(Buffer.from(plaintext, 'base64')), cipher.final()]);
  const ciphertext = `vault:v1:${Buffer.concat([sealed, cipher.getAuthTag()]).toString('base64')}`;
  return [200, { data: { ciphertext, key_version: 1 } }];
}

function decrypt(key: Buffer, ciphertext: string): Reply {
  const sealed = Buffer.from(ciphertext.replace(/^vault:v1:/, ''), 'base64');
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12));
    decipher.setAuthTag(sealed.subarray(-16));
    const plain = Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()]);
    return [200, { data: { plaintext: plain.toString('base64') } }];
  } catch {
    return [400, { errors: ['cipher: message authentication failed'] }];
  }
}
