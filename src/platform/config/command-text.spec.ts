import { describe, expect, it } from '@jest/globals';
import { commandText, spellForPackage } from './command-text.js';

describe('commandText', () => {
  it.each([
    ['keys list', 'crossbook keys list', 'npm run keys -- list'],
    ['keys add okx --label "a b"', 'crossbook keys add okx --label "a b"', 'npm run keys -- add okx --label "a b"'],
    ['exchanges', 'crossbook exchanges', 'npm run exchanges'],
    ['start', 'crossbook start', 'npm start'],
  ])('tells %j as it is typed', (words, installed, inClone) => {
    expect(commandText(words, false)).toBe(installed);
    expect(commandText(words, true)).toBe(inClone);
  });

  it('knows that this is a clone', () => {
    expect(commandText('keys list')).toBe('npm run keys -- list');
  });

  it('spells for the package once it is asked to', () => {
    spellForPackage();
    expect(commandText('keys list')).toBe('crossbook keys list');
  });
});
