import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { loadSettings } from './load-settings.js';
import { environmentName, settingLeaves } from './setting-leaves.js';
import { settingsHelp } from './settings-help.js';

const root = path.resolve(import.meta.dirname, '../../..');

function variables(text: string): { name: string; value: string; isSet: boolean }[] {
  return text.split('\n').flatMap((line) => {
    const match = /^(#?)(CROSSBOOK_[A-Z_]+)=(.*)$/.exec(line);
    return match ? [{ name: match[2] ?? '', value: match[3] ?? '', isSet: match[1] === '' }] : [];
  });
}

describe('the example files', () => {
  it('.env.example names every setting once, with its default', () => {
    const listed = variables(readFileSync(path.join(root, '.env.example'), 'utf8'));
    expect(listed.map(({ name }) => name)).toEqual(settingLeaves().map((leaf) => environmentName(leaf.path)));
    const empty = mkdtempSync(path.join(os.tmpdir(), 'crossbook-example-'));
    try {
      const environment = Object.fromEntries(
        listed.filter(({ isSet }) => isSet).map(({ name, value }) => [name, value]),
      );
      expect(loadSettings(environment, empty)).toEqual(loadSettings({}, empty));
    } finally {
      rmSync(empty, { recursive: true });
    }
  });

  it('crossbook.example.yaml is valid and watches ten exchanges and twenty symbols', () => {
    const settings = loadSettings({ CROSSBOOK_CONFIG: 'crossbook.example.yaml' }, root);
    expect(new Set(settings.exchanges).size).toBe(10);
    expect(new Set(settings.symbols).size).toBe(20);
  });

  it('the help names every setting, its variable and its default', () => {
    const help = settingsHelp();
    for (const { path: at, description } of settingLeaves()) {
      expect(help).toContain(`  ${at.join('.')}  ${environmentName(at)}  (default: `);
      expect(description).toBeTruthy();
      expect(help).toContain(description ?? '');
    }
    expect(help).toContain('port  CROSSBOOK_PORT  (default: 8080)');
  });
});
