import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  ALERT_FIELDS,
  ALERT_KINDS,
  cut,
  DEFAULT_TEMPLATES,
  MAX_ALERT_TEXT,
  oneLine,
  renderTemplate,
  templateProblem,
} from './alert-template.js';

describe('templateProblem', () => {
  it('accepts every field of the kind, with and without blanks, and every default', () => {
    for (const kind of ALERT_KINDS) {
      expect(templateProblem(DEFAULT_TEMPLATES[kind], kind)).toBeNull();
      for (const field of ALERT_FIELDS[kind]) expect(templateProblem(`a {{${field}}} {{ ${field} }}`, kind)).toBeNull();
    }
  });

  it.each([
    ['{{bps}}', '{{bps}}; known are rule'],
    ['{{}}', '{{}}; known are rule'],
    ['{{seen}}', '{{seen}}'],
    ['{{symbol}', 'must close each {{'],
    ['symbol}} {{symbol}}', 'must close each {{'],
    ['{{{{symbol}}', 'must close each {{'],
  ])('refuses %s in a rule about opportunities', (template, problem) => {
    expect(templateProblem(template, 'opportunity')).toContain(problem);
  });
});

describe('renderTemplate', () => {
  it('puts values in their places, each in one line, and reads none of them as a template', () => {
    const text = renderTemplate('{{a}} and\n{{ b }} or {{a}}: {{c}}', { a: '{{b}}', b: 'x\r\n\u0000y $& $1' });
    expect(text).toBe('{{b}} and\nx y $& $1 or {{b}}: ?');
  });

  it('is bounded and storable whatever the values are', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 20_000 }), (value) => {
        const text = renderTemplate('{{a}}', { a: value });
        return text.length <= MAX_ALERT_TEXT && !/[^\P{Cc}\t]/u.test(text) && !/\p{Surrogate}/u.test(text);
      }),
    );
    expect(renderTemplate('{{a}}', { a: '\uD83D lone' })).toBe('\uFFFD lone');
  });
});

describe('cut', () => {
  it('never cuts through a character and never exceeds the limit', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 50 }), fc.integer({ min: 1, max: 60 }), (text, limit) => {
        const short = cut(text, limit);
        expect(short.length).toBeLessThanOrEqual(limit);
        expect(short).not.toMatch(/\p{Surrogate}/u);
        if (text.length <= limit) expect(short).toBe(text);
        else expect(text.startsWith(short.slice(0, -1))).toBe(true);
      }),
    );
  });
});

describe('oneLine', () => {
  it('folds every blank', () => {
    expect(oneLine(' a\n\tb\u2028 c ')).toBe('a b c');
  });
});
