/** Texts that break what is careless: statements, headers, paths, ends of strings, other alphabets. */
export const TEXTS: Readonly<Record<string, string>> = {
  sql: "'; DROP TABLE opportunities; --",
  union: "x' UNION SELECT secret FROM credentials --",
  crlf: '\r\nSet-Cookie: owned=1\r\n\r\n<script>',
  nul: 'a\u0000b',
  traversal: '../../../../etc/passwd',
  backslashes: '..\\..\\admin.token',
  long: 'A'.repeat(4_000),
  markup: '"><script>alert(1)</script>',
  template: '${jndi:ldap://127.0.0.1/x}{{7*7}}%s%n',
  proto: '__proto__',
  unicode: '\u202e\ufeff\u{10ffff}',
  number: '-1e309',
  formula: '=cmd|calc',
};
/** Bytes that are no UTF-8 once they are decoded. */
export const BROKEN = '%ED%A0%80%FF';

/** Bodies that no route takes. */
export const BODIES: Readonly<Record<string, Buffer | string>> = {
  'half a document': '{"a":',
  'deep brackets': `${'['.repeat(30_000)}${']'.repeat(30_000)}`,
  'a deep object': `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`,
  'an array': '[]',
  'a text': '"x"',
  null: 'null',
  'a prototype': '{"__proto__":{"polluted":true}}',
  'a constructor': '{"constructor":{"prototype":{"polluted":true}}}',
  'no UTF-8': Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]),
  'more than is read': JSON.stringify({ a: 'x'.repeat(70_000) }),
};
