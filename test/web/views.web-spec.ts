import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import type { Opportunity } from '../../src/core/opportunity/opportunity.js';
import type { ExchangeStatus } from '../../src/core/market/exchange-status.js';
import { waitFor } from '../support/wait-for.js';
import { hasBrowser, WatchedService } from './watched-page.js';

interface List<T> {
  readonly data: readonly T[];
}

const inBrowser = hasBrowser ? describe : describe.skip;

/** A figure as the page writes it in English: a sign, two decimals. */
function bps(value: number, digits = 2): string {
  const text = value.toLocaleString('en-GB', { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return `${value > 0 ? '+' : ''}${text.replace('-', '−')}`;
}

inBrowser('the dashboard shows what REST and the feed say', () => {
  const service = new WatchedService();

  beforeAll(async () => {
    await service.start();
  }, 120_000);

  afterAll(async () => {
    await service.stop();
  }, 60_000);

  const rowsOf = (page: Page, table: string): Promise<string[]> =>
    page.getByRole('table', { name: table }).locator('tbody tr').allInnerTexts();

  it('opportunities: those open now, and those that closed with the reason', async () => {
    const page = await service.open('opportunities');
    const openIds = async (): Promise<(string | null)[]> => {
      const rows = await page.locator('tr.opportunity[data-state=open]').all();
      return Promise.all(rows.map((row) => row.getAttribute('data-id', { timeout: 200 }).catch(() => null)));
    };
    let open: readonly Opportunity[] = [];
    await waitFor('the rows are those that REST tells as open', async () => {
      ({ data: open } = await service.rest<List<Opportunity>>('/v1/opportunities?state=open'));
      return (
        open.length > 0 && JSON.stringify((await openIds()).sort()) === JSON.stringify(open.map(({ id }) => id).sort())
      );
    });
    await waitFor(
      'one closes',
      async () => (await page.getByRole('table', { name: 'Closed opportunities' }).count()) > 0,
    );
    const closed = page.getByRole('table', { name: 'Closed opportunities' });
    const id = (await closed.getByRole('link').first().getAttribute('href'))?.split('/').at(-1) ?? '';
    const told = await service.rest<Opportunity>(`/v1/opportunities/${id}`);
    // Others that close meanwhile come above it.
    const text = await closed.locator(`tr:has(a[href$="${id}"])`).innerText();
    for (const part of [
      told.symbol,
      told.closeReason ?? '',
      bps(told.peakNetBps),
      ...told.legs.map((leg) => leg.exchange),
    ]) {
      expect(text).toContain(part);
    }
    await page.context().close();
  }, 60_000);

  it('opportunities: filters, sorts, pins and pauses', async () => {
    const page = await service.open('opportunities');
    const live = page.getByRole('table', { name: 'Live opportunities' });
    await waitFor('several are open', async () => (await live.locator('tbody tr').count()) >= 3);
    await page.getByRole('button', { name: 'Pause', exact: true }).click();
    const netOf = async (): Promise<number[]> =>
      (await live.locator('td.net').allInnerTexts()).map((text) => Number(text.replace('−', '-')));
    const paused = await netOf();
    expect(paused).toEqual([...paused].sort((a, b) => b - a));
    await page.getByText('paused: not what is now').waitFor();
    await page.getByRole('button', { name: 'Paused' }).click();
    await live.getByRole('button', { name: /^Pin/ }).last().click();
    await page.mouse.move(5, 5);
    const isPinnedFirst = (): Promise<boolean> =>
      live
        .locator('tbody tr')
        .first()
        .getByRole('button')
        .getAttribute('aria-pressed')
        .then((value) => value === 'true');
    await waitFor(
      'the pinned route is first, while it lives',
      async () => (await live.count()) === 0 || isPinnedFirst(),
    );
    await page.locator('#symbol').fill('no such symbol');
    await page.getByText('Nothing pays now that passes the filter').waitFor();
    await page.context().close();
  }, 90_000);

  it('one opportunity: figures, books, gates, and all of it as JSON', async () => {
    await waitFor('one has closed', async () => {
      const { data } = await service.rest<List<Opportunity>>('/v1/opportunities?state=closed&limit=1');
      return data.length > 0;
    });
    const { data } = await service.rest<List<Opportunity>>('/v1/opportunities?state=closed&limit=1');
    const told = await service.rest<Opportunity>(`/v1/opportunities/${data[0]?.id ?? ''}`);
    const page = await service.open(`opportunities/${told.id}`);
    await page.getByRole('table', { name: 'Gates' }).waitFor();
    expect(await page.locator('.figures').innerText()).toContain(`${bps(told.netBps)} bps`);
    expect(await rowsOf(page, 'Gates')).toHaveLength(Object.keys(told.gates ?? {}).length);
    const [buying] = told.books?.opening ?? [];
    if (!buying) throw new Error('the books of the opening are missing');
    const ladder = page.getByRole('table', { name: `Book of ${buying.symbol} on ${buying.exchange}` });
    expect(await ladder.locator('tr.is-paying').count()).toBeGreaterThan(0);
    const bestAsk = buying.asks[0]?.[0] ?? NaN;
    const lowest = await ladder.locator('tr.asks .price').last().innerText();
    expect(Number(lowest.replaceAll(',', ''))).toBeCloseTo(bestAsk, 4);
    await page.getByRole('button', { name: 'Copy as JSON' }).click();
    const copied = JSON.parse(await page.evaluate<string>('navigator.clipboard.readText()')) as Opportunity;
    expect(copied).toMatchObject({ id: told.id, netBps: told.netBps, gates: told.gates, books: told.books });
    await page.context().close();
  }, 60_000);

  it('matrix: each cell of a moment, which can be chosen', async () => {
    const page = await service.open('matrix?symbol=BTC/USDT');
    await page.getByRole('table', { name: /Net spread of BTC/ }).waitFor();
    const asked = page.waitForRequest((request) => request.url().includes('at='));
    await page.getByLabel('Moment').focus();
    await page.keyboard.press('ArrowLeft');
    const url = new URL((await asked).url());
    const told = await service.rest<List<{ netBps: number }>>(`${url.pathname}${url.search}`);
    await waitFor('the cells are those of the moment', async () => {
      const cells = await page.locator('.matrix .cell .mono').allInnerTexts();
      return JSON.stringify(cells.sort()) === JSON.stringify(told.data.map((cell) => bps(cell.netBps, 1)).sort());
    });
    const tiles = await page
      .getByRole('list', { name: 'Best net spread of each symbol' })
      .getByRole('listitem')
      .count();
    expect(tiles).toBeGreaterThan(3);
    await page.context().close();
  }, 60_000);

  it('past: counts, refusals by reason, and why a route shows nothing', async () => {
    const page = await service.open('past?symbol=BTC/USDT&range=15m&buy=okx&sell=kraken');
    const refusals = page.waitForRequest((request) => request.url().includes('group=reason'));
    await page.getByRole('button', { name: 'Read again' }).click();
    const url = new URL((await refusals).url());
    const told = await service.rest<List<{ reason: string }>>(`${url.pathname}${url.search}`);
    await waitFor('every reason is shown', async () => {
      const shown = (await rowsOf(page, 'Refusals by reason')).map((row) => row.split(/\s/)[0] ?? '');
      return told.data.every(({ reason }) => shown.includes(reason));
    });
    await page.getByTestId('verdict').waitFor();
    const explained = await service.rest<{ gates: { reason: string }[] }>(
      '/v1/explain?symbol=BTC/USDT&buyExchange=okx&sellExchange=kraken',
    );
    expect((await rowsOf(page, 'Gates now')).map((row) => row.split(/\s/)[0])).toEqual(
      explained.gates.map(({ reason }) => reason),
    );
    expect(await page.locator('.uplot').count()).toBeGreaterThan(0);
    await page.context().close();
  }, 60_000);

  it("past: a range of one's own, asked for by both of its ends", async () => {
    const page = await service.open('past?symbol=BTC/USDT');
    const form = page.getByRole('form', { name: 'Range of your own' });
    const toMs = Math.floor(Date.now() / 1_000) * 1_000;
    const fromMs = toMs - 20_000;
    const fieldOf = (ms: number): string => new Date(ms).toISOString().slice(0, 19);
    await form.getByLabel('To, UTC').fill(fieldOf(fromMs));
    await form.getByLabel('From, UTC').fill(fieldOf(toMs));
    await form.getByRole('button', { name: 'Show' }).click();
    expect(await form.getByRole('alert').innerText()).toContain('must lie before the end');
    await form.getByLabel('From, UTC').fill(fieldOf(fromMs));
    await form.getByLabel('To, UTC').fill(fieldOf(toMs));
    const asked = page.waitForRequest((request) => request.url().includes('/v1/opportunities?'));
    const candles = page.waitForRequest((request) => request.url().includes('/v1/spreads/candles?'));
    await form.getByRole('button', { name: 'Show' }).click();
    const query = new URL((await asked).url()).searchParams;
    expect([query.get('from'), query.get('to')]).toEqual([String(fromMs), String(toMs)]);
    expect(new URL((await candles).url()).searchParams.get('interval')).toBe('1s');
    const told = await service.rest<List<object>>(
      `/v1/opportunities?symbol=BTC/USDT&from=${fromMs}&to=${toMs}&limit=100`,
    );
    await waitFor(
      'those of the range are shown, and no others',
      async () => (await rowsOf(page, 'Past opportunities')).length === told.data.length,
    );
    await page.reload();
    await waitFor(
      'the address names the range',
      async () => (await form.getByLabel('To, UTC').inputValue()) === fieldOf(toMs),
    );
    await page.getByRole('button', { name: '6 h' }).click();
    await waitFor('a range by name takes its place', () => Promise.resolve(page.url().includes('range=6h')));
    expect(page.url()).not.toContain('from=');
    await page.context().close();
  }, 60_000);

  it('exchanges: the state of each, and one that goes down', async () => {
    const page = await service.open('exchanges');
    const { data } = await service.rest<List<ExchangeStatus>>('/v1/exchanges');
    const statusOf = (id: string): Promise<string> => page.locator(`tr[data-id=${id}] .badge`).first().innerText();
    for (const { id } of data) await waitFor(`${id} is live`, async () => (await statusOf(id)) === 'live');
    await service.simulate('/__sim/faults', 'POST', { exchange: 'bybit', fault: 'refuse', durationMs: 6_000 });
    await service.simulate('/__sim/faults', 'POST', { exchange: 'bybit', fault: 'kill' });
    await waitFor('bybit is shown as down', async () => (await statusOf('bybit')) === 'down');
    await waitFor('it says why', async () =>
      (await page.locator('tr[data-id=bybit]').innerText()).includes('unreachable'),
    );
    await waitFor('bybit is shown as live again', async () => (await statusOf('bybit')) === 'live', 30_000);
    await page.context().close();
  }, 90_000);

  it('keys: health of each; one is added, revoked and given up, and its secret is nowhere', async () => {
    const page = await service.open('keys');
    const { data } = await service.rest<List<{ id: string; health: string }>>('/v1/keys');
    for (const { id, health } of data) {
      await waitFor(
        'the health is shown',
        async () => (await page.locator(`tr[data-id="${id}"]`).getAttribute('data-health')) === health,
      );
    }
    const made = (await service.simulate('/__sim/keys', 'POST', {
      exchange: 'binance',
      label: 'second',
      scopes: { read: true },
      ipList: ['127.0.0.1'],
    })) as { apiKey: string; secret: string };
    await page.getByRole('button', { name: 'Add a key …' }).click();
    await page.getByLabel('Exchange').selectOption('binance');
    await page.getByLabel('Label').fill('second');
    await page.getByLabel('API key').fill(made.apiKey);
    await page.getByLabel('Secret').fill(made.secret);
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByRole('link', { name: 'binance: second' }).click();
    await page.getByRole('heading', { name: 'binance: second' }).waitFor();
    const kept = await page.evaluate<string>(
      'document.documentElement.outerHTML + JSON.stringify({ ...localStorage, ...sessionStorage })',
    );
    expect(kept).not.toContain(made.secret);
    expect(kept).not.toContain(made.apiKey);

    await service.simulate('/__sim/keys/revoke', 'POST', { exchange: 'binance', apiKey: made.apiKey });
    const row = page.locator('tr.is-chosen');
    await page.getByRole('button', { name: 'Check now' }).click();
    await waitFor(
      'the revoked key is critical',
      async () => (await row.getAttribute('data-health')) === 'critical',
      2_000,
    );
    expect(await row.locator('.badge').first().getAttribute('data-tone')).toBe('bad');

    await page.getByRole('button', { name: 'Compromised …' }).click();
    const confirm = page.getByRole('button', { name: 'It is compromised' });
    expect(await confirm.isDisabled()).toBe(true);
    await page.getByLabel(/^Type/).fill('binance second');
    await confirm.click();
    await page.getByText('its secret is shredded').waitFor();
    await page.getByRole('button', { name: 'Close', exact: true }).click();
    await waitFor('it is shown as compromised', async () => (await row.innerText()).includes('compromised'));
    await waitFor('the audit tells it', async () =>
      (await rowsOf(page, 'Audit')).some((entry) => entry.includes('compromised')),
    );
    await page.context().close();
  }, 90_000);

  it('asks no other host and has no error on its console', () => {
    expect(service.faults).toEqual([]);
  });
});
