import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';

const folder = import.meta.dirname;
const source = (file: string): string => readFileSync(path.join(folder, file), 'utf8');
const readers = readdirSync(folder).filter((file) => file.endsWith('.key.ts'));
/** ccxt's names of endpoints: interface, access and version in any order, then the method, then the path. */
const ENDPOINT = /'([a-z][A-Za-z0-9]*?(Get|Post|Put|Delete|Patch)[A-Z][A-Za-z0-9]*)'/g;
/** What some exchanges let a POST do although it only reads. */
const READING_POSTS = [
  ...['privatePostGetApiKeyInfo', 'privatePostLedgers', 'privatePostV1Roles', 'privatePostV1Account'],
  ...['privatePostV1Transfers', 'publicPostInfo'],
];
/** bitfinex names what reads with an R of its own. */
const READING_POST = /^privatePostAuthR[A-Z]/;
/** Some exchanges change keys and accounts with a GET. */
const CHANGING =
  /(Create|Remove|Delete|Edit|Change|Enable|Disable|Reset|Revoke|Cancel|Submit|Toggle|Buy|Sell|AddOrder|OrderNew)/;

const endpoints = readers.flatMap((file) =>
  [...source(file).matchAll(ENDPOINT)].map(([, name = '', method = '']) => ({ file, name, method })),
);

describe('key readers', () => {
  it('are found with their endpoints', () => {
    expect(readers.length).toBeGreaterThan(6);
    expect(endpoints.map(({ name }) => name)).toEqual(expect.arrayContaining(['privateGetListApiKeys']));
  });

  it.each(endpoints)('only read: $name in $file', ({ name, method }) => {
    const isReading = method === 'Get' || READING_POSTS.includes(name) || READING_POST.test(name);
    expect([name, isReading]).toEqual([name, true]);
    expect(name).not.toMatch(CHANGING);
  });
});

// A POST to the same path as the GET sets the addresses of the key (https://www.mexc.com/api-docs/spot-v3).
describe('the endpoint of mexc that sets the addresses of a key', () => {
  const root = path.resolve(folder, '../../..');
  const sources = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'),
  );

  it('is named nowhere', () => {
    expect(sources.length).toBeGreaterThan(100);
    expect(sources.filter((file) => readFileSync(path.join(root, file), 'utf8').includes('PostApiKeyInfo'))).toEqual(
      [],
    );
  });
});
