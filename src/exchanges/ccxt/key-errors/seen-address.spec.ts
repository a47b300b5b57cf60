import { describe, expect, it } from '@jest/globals';
import { addressIn } from './seen-address.js';

describe('addressIn', () => {
  it.each([
    ["Your IP 203.0.113.7 is not included in your API key's IP whitelist.", '203.0.113.7'],
    ['Invalid API-key, IP, or permissions for action, request ip: 203.0.113.7', '203.0.113.7'],
    ['Invalid request ip, the current clientIp is:203.0.113.7', '203.0.113.7'],
    ['the address (2001:db8::7) is not allowed', '2001:db8::7'],
    ['Your IP is 203.0.113.7.', '203.0.113.7'],
    ['203.0.113.7 is not 203.0.113.7', '203.0.113.7'],
    ['neither 203.0.113.7 nor 203.0.113.8', null],
    ['version 1.2.3 of the interface', null],
    ['code 50110 at 12:30:45', null],
    ['999.0.113.7', null],
    ['203.0.113.7.8', null],
    ['', null],
  ])('of %j is %j', (message, address) => {
    expect(addressIn(message)).toBe(address);
  });
});
