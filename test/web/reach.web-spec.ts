import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { waitFor } from '../support/wait-for.js';
import { hasBrowser, type Look, WatchedService } from './watched-page.js';

const inBrowser = hasBrowser ? describe : describe.skip;
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const IMAGES = path.resolve(import.meta.dirname, '../../docs/images');
/** Pictures of the page are committed: they are taken anew only when asked for. */
// eslint-disable-next-line no-restricted-properties -- a switch of this test run, no setting of the product
const takesPictures = process.env['CROSSBOOK_SCREENSHOTS'] === '1';
const MOST_SCRIPT_BYTES = 250 * 1_024;

const PLACES = ['opportunities', 'opportunity', 'matrix', 'past', 'exchanges', 'keys'] as const;
const LOOKS: Readonly<Record<string, Look>> = {
  dark: { scheme: 'dark' },
  light: { scheme: 'light' },
  phone: { scheme: 'dark', width: 390, height: 844 },
};

inBrowser('the dashboard is for everybody', () => {
  const service = new WatchedService();

  beforeAll(async () => {
    await service.start();
    // Candles of whole minutes and some past, so that every view has something to show.
    await waitFor(
      'there is a past',
      async () => {
        const { data } = await service.rest<{ data: unknown[] }>('/v1/opportunities?state=closed&limit=20');
        return data.length >= 10;
      },
      90_000,
    );
  }, 240_000);

  afterAll(async () => {
    await service.stop();
  }, 60_000);

  const addressOf = async (place: (typeof PLACES)[number]): Promise<string> => {
    if (place === 'past') return 'past?symbol=USDC/USDT&range=15m&buy=okx&sell=kraken';
    if (place !== 'opportunity') return place;
    const { data } = await service.rest<{ data: { id: string }[] }>('/v1/opportunities?state=closed&limit=1');
    return `opportunities/${data[0]?.id ?? ''}`;
  };

  describe.each(Object.entries(LOOKS))('%s', (look, settings) => {
    it.each(PLACES)(
      '%s has no serious fault of accessibility, and fits',
      async (place) => {
        const page = await service.open(await addressOf(place), settings);
        await settled(page, place);
        await page.evaluate(AXE);
        const found = await page.evaluate<{ impact: string; id: string; nodes: number }[]>(
          `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) =>
          violations.map(({ impact, id, nodes }) => ({ impact, id, nodes: nodes.map((n) => n.target.join(' ')).slice(0, 3) })))`,
        );
        expect(found.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual([]);
        const overflow = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
        expect(overflow).toBeLessThanOrEqual(0);
        if (takesPictures) {
          mkdirSync(IMAGES, { recursive: true });
          await page.screenshot({ path: path.join(IMAGES, `${place}-${look}.png`) });
        }
        await page.context().close();
      },
      60_000,
    );
  });

  it('is used by the keyboard alone', async () => {
    const page = await service.open('opportunities');
    await page.keyboard.press('Tab');
    expect(await focused(page)).toBe('Skip to the view');
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard' }).waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('4');
    await page.getByRole('table', { name: 'Exchanges' }).waitFor();
    await page.keyboard.press('1');
    await page.getByRole('table', { name: 'Live opportunities' }).waitFor();
    await page.evaluate('document.activeElement.blur()');
    await page.keyboard.press('/');
    expect(await page.evaluate<string>('document.activeElement.id')).toBe('symbol');
    await page.keyboard.press('Escape');
    await page.keyboard.press('j');
    await page.locator('tr.is-selected').waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('table', { name: 'Gates' }).waitFor();
    await page.context().close();
  }, 60_000);

  it('comes whole from the service, small, under a policy that allows nothing from elsewhere', async () => {
    const index = await fetch(`${service.url}/`);
    const html = await index.text();
    expect(index.headers.get('content-security-policy')).toMatch(
      /^default-src 'self'; script-src 'self'; style-src 'self'/,
    );
    expect(index.headers.get('cache-control')).toBe('no-cache');
    expect(html).not.toMatch(/<script(?![^>]*src=)|style=|https?:\/\//);
    const scripts = [...html.matchAll(/src="(\/assets\/[^"]+\.js)"/g)].map(([, src]) => src ?? '');
    expect(scripts.length).toBeGreaterThan(0);
    let bytes = 0;
    for (const src of scripts) {
      const response = await fetch(`${service.url}${src}`, { headers: { 'accept-encoding': 'gzip' } });
      expect(response.headers.get('content-encoding')).toBe('gzip');
      expect(response.headers.get('cache-control')).toContain('immutable');
      bytes += Number(response.headers.get('content-length') ?? 0) || (await response.arrayBuffer()).byteLength;
    }
    expect(bytes).toBeLessThan(MOST_SCRIPT_BYTES);
    for (const target of ['/assets/', '/assets/../admin.token', '/%2e%2e/data/admin.token', '/index.html/x']) {
      expect((await fetch(`${service.url}${target}`)).status).toBe(404);
    }
  });

  it('paints within a second', async () => {
    const page = await service.open('opportunities');
    await page.reload();
    const paintMs = await page.evaluate<number>(
      `new Promise((done) => {
        const [first] = performance.getEntriesByName('first-contentful-paint');
        if (first) done(first.startTime);
        else new PerformanceObserver((list) => done(list.getEntries()[0].startTime)).observe({ type: 'paint', buffered: true });
      })`,
    );
    expect(paintMs).toBeLessThan(1_000);
    await page.context().close();
  }, 60_000);

  it('asks no other host and has no error on its console', () => {
    expect(service.faults).toEqual([]);
  });
});

async function focused(page: Page): Promise<string> {
  return page.evaluate<string>('document.activeElement.innerText.trim()');
}

/** Waits until the view shows what it is for. */
async function settled(page: Page, place: (typeof PLACES)[number]): Promise<void> {
  const sign = {
    opportunities: page.locator('tr.opportunity[data-state=open]').nth(takesPictures ? 3 : 0),
    opportunity: page.getByRole('table', { name: 'Gates' }),
    matrix: page.locator('.matrix .cell').first(),
    past: page.getByRole('table', { name: 'Gates now' }),
    exchanges: page.locator('.uplot').first(),
    keys: page.getByRole('table', { name: 'Signed calls' }),
  }[place];
  await sign.waitFor();
}
