import { describe, expect, it } from '@jest/globals';
import { CLUSTER_ROLES } from '../platform/config/index.js';
import { type NatsConf, NatsConfError, natsConfText, permissionsOf } from './nats-conf.js';

const CONF: NatsConf = {
  host: '127.0.0.1',
  port: 4222,
  store: '/var/lib/nats',
  storeMb: 2_048,
  tls: null,
  users: { collector: 'UC', detector: 'UD', gateway: 'UG', recorder: 'UR', keeper: 'UK' },
};
const TLS = { cert: '/etc/nats/cert.pem', key: '/etc/nats/key.pem', ca: '/etc/nats/ca.pem' };

/** What follows `nkey: "…"` of a role, up to that of the next. */
function userOf(text: string, nkey: string): string {
  return text.split('nkey: ').find((part) => part.startsWith(`"${nkey}"`)) ?? '';
}

describe('the configuration of nats-server', () => {
  it('listens where it is told, keeps so much, and lets each role in by its key', () => {
    const text = natsConfText(CONF);
    expect(text).toContain('host: "127.0.0.1"\nport: 4222\n');
    expect(text).toContain('store_dir: "/var/lib/nats"');
    expect(text).toContain('max_file_store: 2048MB');
    expect(text).toContain('max_payload: 8388608');
    expect(text).toContain('system_account: SYS');
    expect(text).toContain('SYS { }');
    for (const [role, nkey] of Object.entries(CONF.users)) {
      expect(userOf(text, nkey)).toContain(`"_INBOX_${role}.>"`);
    }
    expect(text.match(/nkey: /g)).toHaveLength(CLUSTER_ROLES.length);
    expect(text).not.toMatch(/password|token|no_auth_user/i);
  });

  it('denies all that is not allowed: every list is one of what is allowed', () => {
    const text = natsConfText(CONF);
    expect(text.match(/publish: \{ allow: \[/g)).toHaveLength(CLUSTER_ROLES.length);
    expect(text.match(/subscribe: \{ allow: \[/g)).toHaveLength(CLUSTER_ROLES.length);
    for (const role of CLUSTER_ROLES) {
      const { publish, subscribe } = permissionsOf(role);
      for (const list of [publish, subscribe]) {
        expect(list.length).toBeGreaterThan(0);
        expect(new Set(list).size).toBe(list.length);
        expect(list.filter((subject) => /^(>|\*|crossbook\.>|\$JS\.>|\$KV\.>|\$JS\.API\.>)$/.test(subject))).toEqual(
          [],
        );
      }
      expect(publish.filter((subject) => /\.(DELETE|PURGE)\.(CROSSBOOK|KV)_[A-Za-z_]+$/.test(subject))).toEqual([]);
    }
  });

  it('gives what stands in a user to that user alone', () => {
    const text = natsConfText(CONF);
    expect(userOf(text, 'UD')).toContain('"crossbook.opportunity.*"');
    for (const nkey of ['UC', 'UG', 'UR', 'UK']) expect(userOf(text, nkey)).not.toContain('"crossbook.opportunity.*"');
    for (const nkey of ['UC', 'UD', 'UG']) expect(userOf(text, nkey)).not.toContain('STREAM.CREATE');
    for (const nkey of ['UR', 'UK'])
      expect(userOf(text, nkey)).toContain('"$JS.API.STREAM.CREATE.KV_crossbook_claims"');
  });

  it('speaks TLS where it has a certificate, with the authority where it is named', () => {
    const text = natsConfText({ ...CONF, host: '0.0.0.0', tls: TLS });
    expect(text).toMatch(
      /tls \{\n {2}cert_file: "\/etc\/nats\/cert\.pem"\n {2}key_file: "\/etc\/nats\/key\.pem"\n {2}ca_file/,
    );
    expect(natsConfText({ ...CONF, tls: { ...TLS, ca: null } })).not.toContain('ca_file');
    expect(natsConfText(CONF)).not.toContain('tls');
  });

  it.each(['0.0.0.0', '::', '10.0.0.5', 'nats.example.com'])('is not made for %s without TLS', (host) => {
    expect(() => natsConfText({ ...CONF, host })).toThrow(NatsConfError);
    expect(() => natsConfText({ ...CONF, host })).toThrow(/--tls-cert and --tls-key/);
  });

  it('writes a path so that it cannot end its text', () => {
    expect(natsConfText({ ...CONF, store: '/a "b\\c' })).toContain('store_dir: "/a \\"b\\\\c"');
    expect(() => natsConfText({ ...CONF, store: '/a\nport: 1' })).toThrow('control character');
  });
});
