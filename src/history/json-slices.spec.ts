import { describe, expect, it } from '@jest/globals';
import { jsonSlices } from './json-slices.js';

async function slicesOf(records: Iterable<object>): Promise<string[]> {
  const slices: string[] = [];
  for await (const text of jsonSlices(records)) slices.push(text);
  return slices;
}

describe('jsonSlices', () => {
  it('writes every record once and in order, in texts of a bounded size', async () => {
    const records = Array.from({ length: 500 }, (_, id) => ({ id, text: 'x'.repeat(1_000) }));
    const slices = await slicesOf(records);
    expect(slices.length).toBeGreaterThan(5);
    for (const text of slices) expect(text.length).toBeLessThan(70_000);
    expect(slices.flatMap((text) => JSON.parse(text) as object[])).toEqual(records);
  });

  it('writes nothing for nothing, and lets others run in between', async () => {
    expect(await slicesOf([])).toEqual([]);
    let turns = 0;
    const counting = setInterval(() => (turns += 1), 0);
    await slicesOf(Array.from({ length: 3_000 }, (_, id) => ({ id, text: 'x'.repeat(1_000) })));
    clearInterval(counting);
    expect(turns).toBeGreaterThan(1);
  });
});
