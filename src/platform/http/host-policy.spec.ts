import { describe, expect, it } from '@jest/globals';
import { HostPolicy } from './host-policy.js';

const LOCAL = { host: '127.0.0.1', allowedHosts: [], tls: {}, trustedProxies: [] };
const WITH_TLS = { cert: '/cert.pem', key: '/key.pem' };

describe('HostPolicy', () => {
  it('takes a request for local only while nobody else can reach the service', () => {
    const local = { host: 'localhost:8080' };
    expect(new HostPolicy(LOCAL).isLocal(local)).toBe(true);
    expect(new HostPolicy({ ...LOCAL, tls: WITH_TLS }).isLocal(local)).toBe(true);
    // Anybody can write localhost into the header of a request from afar.
    expect(new HostPolicy({ ...LOCAL, host: '0.0.0.0', tls: WITH_TLS }).isLocal(local)).toBe(false);
    // A proxy on this machine may pass on neither the name nor the address of its client.
    expect(new HostPolicy({ ...LOCAL, trustedProxies: ['127.0.0.1'] }).isLocal(local)).toBe(false);
  });

  it('lets only stated proxies and this machine ask in clear text', () => {
    const policy = new HostPolicy({ ...LOCAL, host: '::', trustedProxies: ['10.0.0.5', '10.1.0.0/16', 'fd00::/8'] });
    for (const peer of ['10.0.0.5', '::ffff:10.0.0.5', '10.1.9.9', 'fd00::1', '127.0.0.1', '::1']) {
      expect([peer, policy.allowsPeer(peer)]).toEqual([peer, true]);
    }
    for (const peer of ['10.0.0.6', '::ffff:10.2.0.1', 'fe80::1', '', undefined, 'localhost']) {
      expect([peer, policy.allowsPeer(peer)]).toEqual([peer, false]);
    }
    expect(new HostPolicy({ ...LOCAL, host: '::', tls: WITH_TLS }).allowsPeer('203.0.113.9')).toBe(true);
  });

  it('takes the word of stated proxies for where a client is, and of nobody else', () => {
    const behind = new HostPolicy({ ...LOCAL, trustedProxies: ['10.0.0.5', '10.1.0.0/16'] });
    const told = (peer: string, forwarded?: string): string => behind.clientOf(peer, { 'x-forwarded-for': forwarded });
    expect(told('::ffff:10.0.0.5', '203.0.113.9')).toBe('203.0.113.9');
    expect(told('10.0.0.5', '198.51.100.1, 203.0.113.9, 10.1.2.3')).toBe('203.0.113.9');
    expect(told('10.0.0.5', 'nonsense')).toBe('10.0.0.5');
    expect(told('10.0.0.5')).toBe('10.0.0.5');
    expect(told('192.0.2.1', '203.0.113.9')).toBe('192.0.2.1');
    expect(new HostPolicy(LOCAL).clientOf('127.0.0.1', { 'x-forwarded-for': '203.0.113.9' })).toBe('127.0.0.1');
  });

  it.each(['[::1]:8443', 'LOCALHOST', '127.0.0.1:1'])('answers under %s', (host) => {
    expect(new HostPolicy(LOCAL).allowsHost(host)).toBe(true);
  });

  it.each([
    'https://localhost:8443.evil.example',
    'https://localhost@evil.example',
    'https://evil.example#localhost',
    'wss://localhost',
    'null',
    '',
  ])('answers no page of %j', (origin) => {
    expect(new HostPolicy(LOCAL).allowsOrigin(origin)).toBe(false);
  });
});
