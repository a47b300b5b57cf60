import { describe, expect, it } from '@jest/globals';
import { calledHost, hostAndPath, throughGateway, treeThroughGateway } from './gateway.js';

describe('throughGateway', () => {
  it.each([
    ['https://api.binance.com/api/v3', 'http://127.0.0.1:9700', 'http://127.0.0.1:9700/api.binance.com/api/v3'],
    ['wss://stream.binance.com:9443/ws', 'http://g:1/', 'ws://g:1/stream.binance.com:9443/ws'],
    ['wss://ws.kraken.com/v2', 'https://g/sub', 'wss://g/sub/ws.kraken.com/v2'],
    ['https://api.{hostname}', 'http://g:1', 'http://g:1/api.{hostname}'],
    ['no address', 'http://g:1', 'no address'],
  ])('sends %p through %p', (address, gateway, expected) => {
    expect(throughGateway(address, gateway)).toBe(expected);
  });

  it('rewrites a tree and leaves the original alone', () => {
    const tree = { rest: 'https://a/x', ws: { public: ['wss://b/y'] }, version: 3 };
    expect(treeThroughGateway(tree, 'http://g:1')).toEqual({
      rest: 'http://g:1/a/x',
      ws: { public: ['ws://g:1/b/y'] },
      version: 3,
    });
    expect(tree.ws.public).toEqual(['wss://b/y']);
  });
});

describe('hostAndPath', () => {
  it('names the exchange and not the gateway, and never the query', () => {
    const expected = { host: 'api.kraken.com', path: '/0/public/Time' };
    expect(hostAndPath('https://api.kraken.com/0/public/Time?signature=x', undefined)).toEqual(expected);
    expect(hostAndPath('http://g:1/api.kraken.com/0/public/Time?signature=x', 'http://g:1')).toEqual(expected);
    expect(hostAndPath('http://g:1/deep/api.kraken.com/0/public/Time', 'http://g:1/deep/')).toEqual(expected);
  });
});

describe('calledHost', () => {
  it('takes the host of the call, never one that the exchange speaks of', () => {
    const line = 'okx GET https://www.okx.com/api/v5/public/time';
    expect(calledHost(`${line} fetch failed`, undefined)).toBe('www.okx.com');
    expect(calledHost('okx GET http://g:1/www.okx.com/api request timed out', 'http://g:1')).toBe('www.okx.com');
    expect(calledHost('okx {"msg":"see https://docs.example.com/errors"}', undefined)).toBeNull();
    expect(calledHost('okx {"msg":"see https://[docs]/errors"}', undefined)).toBeNull();
    expect(calledHost('okx GET https://[docs]/errors 503', undefined)).toBeNull();
  });
});
