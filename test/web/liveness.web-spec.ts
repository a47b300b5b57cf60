import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { waitFor } from '../support/wait-for.js';
import { hasBrowser, WatchedService } from './watched-page.js';

const inBrowser = hasBrowser ? describe : describe.skip;
/** Nobody shall look at a dead screen for longer. */
const TOLD_WITHIN_MS = 3_000;

inBrowser('the dashboard says when it is not live', () => {
  const service = new WatchedService();
  let page: Page;

  beforeAll(async () => {
    await service.start();
    page = await service.open('opportunities');
  }, 120_000);

  afterAll(async () => {
    await service.stop();
  }, 60_000);

  const stateOf = (): Promise<string | null> => page.getByTestId('link').getAttribute('data-state');

  it('tells a frozen service within three seconds, and goes on when it thaws', async () => {
    service.kill('SIGSTOP');
    await waitFor('the page says that it is stale', async () => (await stateOf()) === 'stale', TOLD_WITHIN_MS);
    expect(await page.getByTestId('dead').innerText()).toContain('Not live');
    service.kill('SIGCONT');
    await waitFor('it is live again', async () => (await stateOf()) === 'live');
    expect(await page.getByTestId('dead').count()).toBe(0);
  }, 60_000);

  it('tells a killed service within three seconds, and heals by itself when it is back', async () => {
    service.kill('SIGKILL');
    await waitFor('the page says that it is cut off', async () => (await stateOf()) === 'disconnected', TOLD_WITHIN_MS);
    expect(await page.getByTestId('dead').innerText()).toContain('no connection to the service');
    await service.startAgain();
    await waitFor('it is live again', async () => (await stateOf()) === 'live', 30_000);
    await waitFor('what is open is shown', async () => (await page.locator('tr.opportunity').count()) > 0, 30_000);
  }, 120_000);

  it('tells that a token is refused, and takes another', async () => {
    await page.getByRole('button', { name: 'Token' }).click();
    await page.getByLabel('Token').last().fill('not a token');
    await page.getByRole('button', { name: 'Use it' }).click();
    await waitFor('it says that it is refused', async () => (await stateOf()) === 'refused');
    await page.getByRole('button', { name: 'Give a token' }).click();
    await page.getByRole('button', { name: 'Forget it' }).click();
    await waitFor('it is live without one', async () => (await stateOf()) === 'live');
  }, 60_000);
});
