import { describe, expect, it } from '@jest/globals';
import { csvText } from './csv.js';

describe('csvText', () => {
  it('ends every row with CRLF and quotes only what needs it', () => {
    expect(csvText([['a', 'b,c', 'say "x"', 'two\nlines', null, true, false, '']])).toBe(
      'a,"b,c","say ""x""","two\nlines",,true,false,\r\n',
    );
  });

  it('lets no spreadsheet run a text as a formula', () => {
    const hostile = ['=1+1', '+1', '-1', '@SUM(A1)', '\tx', '\r=1', '=HYPERLINK("http://x","y")'];
    for (const cell of hostile) {
      const line = csvText([[cell]]);
      expect(line.replace(/^"/, '').startsWith("'")).toBe(true);
    }
  });

  it('leaves numbers as they are, to the last digit', () => {
    expect(csvText([[-5.25, 0.1 + 0.2, 1e-9, 1_795_000_000_000.125]])).toBe(
      '-5.25,0.30000000000000004,1e-9,1795000000000.125\r\n',
    );
  });
});
