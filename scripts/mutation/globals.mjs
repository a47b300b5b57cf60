// What specs import from @jest/globals, for a run of them within one process: as much of it as the specs of the core use.
import { expect } from 'expect';

export { expect };

/** Every test in the order in which it was declared: `{ id, run }`. */
export const tests = [];
const suites = [{ name: '', before: [] }];

export function describe(name, body) {
  suites.push({ name, before: [] });
  body();
  suites.pop();
}

export function beforeEach(hook) {
  suites.at(-1).before.push(hook);
}

export function it(name, body) {
  const path = [...suites];
  const title = [...path.map((suite) => suite.name), name].filter(Boolean).join(' ');
  const run = async () => {
    for (const suite of path) for (const hook of suite.before) await hook();
    await body();
  };
  // Rows of one table may have one title.
  tests.push({ id: `${title} #${tests.length}`, run });
}

it.each = (rows) => (name, body) => {
  for (const row of rows) it(name, () => body(...(Array.isArray(row) ? row : [row])));
};
