import { environmentName, settingLeaves } from './setting-leaves.js';

function shownDefault(value: unknown): string {
  if (value === undefined) return 'none';
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.join(',');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Every setting in two lines: its names and default, and what it is for. */
export function settingsHelp(): string {
  return settingLeaves()
    .map(({ path, description, defaultValue }) => {
      const head = `  ${path.join('.')}  ${environmentName(path)}  (default: ${shownDefault(defaultValue)})`;
      return description === null ? head : `${head}\n      ${description}`;
    })
    .join('\n');
}
