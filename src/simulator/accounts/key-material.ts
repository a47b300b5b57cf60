import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import type { KeyedExchange } from '../world/listings.js';

/** What an exchange hands out with a new key. */
export interface KeyMaterial {
  readonly apiKey: string;
  readonly secret: string;
  readonly passphrase: string | null;
}

/** Makes a key in the lengths and alphabets in which an exchange hands them out. */
export function keyMaterial(exchange: KeyedExchange): KeyMaterial {
  return { passphrase: null, ...MAKERS[exchange]() };
}

type Maker = () => Pick<KeyMaterial, 'apiKey' | 'secret'> & Partial<KeyMaterial>;

const MAKERS: Readonly<Record<KeyedExchange, Maker>> = {
  binance: () => ({ apiKey: alphanumeric(64), secret: alphanumeric(64) }),
  okx: () => ({ apiKey: randomUUID(), secret: hex(16).toUpperCase(), passphrase: `Pp-${alphanumeric(12)}` }),
  bybit: () => ({ apiKey: alphanumeric(18), secret: alphanumeric(36) }),
  kraken: () => ({ apiKey: randomBytes(42).toString('base64'), secret: randomBytes(64).toString('base64') }),
  coinbase: () => ({ apiKey: `organizations/${randomUUID()}/apiKeys/${randomUUID()}`, secret: ecPrivateKey() }),
  kucoin: () => ({ apiKey: hex(12), secret: randomUUID(), passphrase: alphanumeric(14) }),
  gate: () => ({ apiKey: hex(16), secret: hex(32) }),
  bitget: () => ({ apiKey: `bg_${hex(16)}`, secret: hex(32), passphrase: alphanumeric(12) }),
  htx: () => ({ apiKey: groups(), secret: groups() }),
  bitfinex: () => ({ apiKey: alphanumeric(43), secret: alphanumeric(43) }),
  mexc: () => ({ apiKey: `mx0${alphanumeric(15)}`, secret: hex(16) }),
  cryptocom: () => ({ apiKey: alphanumeric(22), secret: alphanumeric(28) }),
  gemini: () => ({ apiKey: `account-${alphanumeric(20)}`, secret: alphanumeric(28) }),
  deribit: () => ({ apiKey: alphanumeric(8), secret: alphanumeric(43) }),
  upbit: () => ({ apiKey: alphanumeric(40), secret: alphanumeric(40) }),
};

function hex(bytes: number): string {
  return randomBytes(bytes).toString('hex');
}

function groups(): string {
  const text = hex(15);
  return [text.slice(0, 8), text.slice(8, 16), text.slice(16, 24), text.slice(24, 29)].join('-');
}

function ecPrivateKey(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return privateKey.export({ type: 'sec1', format: 'pem' }).toString().trim();
}

function alphanumeric(length: number): string {
  let text = '';
  while (text.length < length) text += randomBytes(length).toString('base64').replace(/[+/=]/g, '');
  return text.slice(0, length);
}
