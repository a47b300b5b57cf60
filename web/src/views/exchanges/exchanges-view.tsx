import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { ExchangePoint, ExchangeStatus, SymbolStatus } from '../../../../src/core/market/exchange-status.js';
import { clock, count, figure, fixed, span } from '../../format.js';
import { exchanges } from '../../live/exchange-board.js';
import { useAnswer } from '../../parts/answer.js';
import { Badge, type Tone } from '../../parts/badge.js';
import { Chart } from '../../parts/chart.js';
import { HeadRow, numbers } from '../../parts/head-row.js';
import { Empty, Panel } from '../../parts/panel.js';
import { Scroll } from '../../parts/scroll.js';
import { Sparkline } from '../../parts/sparkline.js';
import { hrefOf, place } from '../../router.js';
import './exchanges.css';

const ASK_EVERY_MS = 10_000;

/** The last hour of an exchange, oldest first: a point every ten seconds. */
function useHistory(id: string): readonly ExchangePoint[] {
  const { data } = useAnswer<{ readonly data: readonly ExchangePoint[] }>(
    `/v1/exchanges/${encodeURIComponent(id)}/history`,
    {},
    ASK_EVERY_MS,
  );
  return data?.data ?? [];
}

const TONES: Readonly<Record<ExchangeStatus['status'], Tone>> = {
  live: 'good',
  connecting: 'plain',
  degraded: 'warn',
  down: 'bad',
};

function oldest(symbols: readonly SymbolStatus[]): number | null {
  const ages = symbols.map(({ ageMs }) => ageMs).filter((age): age is number => age !== null);
  return ages.length === 0 ? null : Math.max(...ages);
}

/** The median age of live books: how long a frame is under way and waits. */
function median(values: readonly number[]): number | null {
  return values.length === 0 ? null : ([...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? null);
}

function Fault({ one }: { one: ExchangeStatus }): JSX.Element | null {
  const { lastError } = one;
  if (!lastError) return null;
  return (
    <span title={lastError.message}>
      {lastError.code} <span class="dim">{clock(lastError.atMs)}</span>
      {lastError.untilMs !== null && <span class="warn"> until {clock(lastError.untilMs)}</span>}
    </span>
  );
}

function Row({ one, isChosen }: { one: ExchangeStatus; isChosen: boolean }): JSX.Element {
  const listed = one.symbols.filter(({ state }) => state !== 'unavailable');
  const live = listed.filter(({ state }) => state === 'live');
  const ages = live.map(({ ageMs }) => ageMs).filter((age): age is number => age !== null);
  const past = useHistory(one.id);
  return (
    <tr class={isChosen ? 'is-chosen' : ''} data-id={one.id}>
      <th scope="row">
        <a href={hrefOf(['exchanges', one.id])}>{one.id}</a>
      </th>
      <td>
        <Badge tone={TONES[one.status]}>{one.status}</Badge>
      </td>
      <td>
        <Badge tone={one.integrity === 'verified' ? 'good' : 'warn'}>{one.integrity}</Badge>
      </td>
      <td class="num">
        {count(live.length)} / {count(listed.length)}
      </td>
      <td class="num">{span(median(ages))}</td>
      <td class="num">{span(oldest(listed))}</td>
      <td class="num">{span(past.at(-1)?.latencyMs)}</td>
      <td class="num">{one.clockOffsetMs === null ? '–' : `${fixed(one.clockOffsetMs, 1)} ms`}</td>
      <td class="num">{count(one.messagesPerSecond)}</td>
      <td>
        <Sparkline
          values={past.map(({ messagesPerSecond }) => messagesPerSecond)}
          label={`messages per second of ${one.id} in the last hour`}
        />
      </td>
      <td class="num">{count(one.resyncs)}</td>
      <td class="num">{count(one.reconnects)}</td>
      <td class="num">{count(one.sequenceBreaks)}</td>
      <td>
        <Fault one={one} />
      </td>
    </tr>
  );
}

function Symbols({ one }: { one: ExchangeStatus }): JSX.Element {
  return (
    <Scroll label={`Books of ${one.id}, symbol by symbol`}>
      <table class="data" aria-label={`Books of ${one.id}`}>
        <HeadRow
          columns={[
            'Symbol',
            'Book',
            numbers('Best bid'),
            numbers('Best ask'),
            numbers('Age'),
            numbers('Quiet'),
            numbers('Sequence'),
          ]}
        />
        <tbody>
          {one.symbols.map((each) => (
            <tr key={each.symbol}>
              <th scope="row">{each.symbol}</th>
              <td>
                <Badge tone={each.state === 'live' ? 'good' : each.state === 'unavailable' ? 'plain' : 'warn'}>
                  {each.state === 'unavailable' ? 'not listed' : each.state}
                </Badge>
              </td>
              <td class="num buy">{figure(each.bestBid)}</td>
              <td class="num sell">{figure(each.bestAsk)}</td>
              <td class="num">{span(each.ageMs)}</td>
              <td class="num">{span(each.quietMs)}</td>
              <td class="num dim">{each.sequence ?? '–'}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

interface Figure {
  readonly title: string;
  readonly of: (point: ExchangePoint) => number | null;
}

const FIGURES = {
  messages: { title: 'Messages per second', of: (point: ExchangePoint) => point.messagesPerSecond },
  age: { title: 'Age, ms', of: (point: ExchangePoint) => point.ageMs },
  latency: { title: 'Latency, ms', of: (point: ExchangePoint) => point.latencyMs },
  offset: { title: 'Clock offset, ms', of: (point: ExchangePoint) => point.clockOffsetMs },
  books: { title: 'Books live', of: (point: ExchangePoint) => point.liveBooks },
  resyncs: { title: 'Books thrown away, since the start', of: (point: ExchangePoint) => point.resyncs },
  verified: {
    title: 'Integrity verified (1) or not (0)',
    of: (point: ExchangePoint) => Number(point.integrity === 'verified'),
  },
  live: { title: 'Live (1) or not (0)', of: (point: ExchangePoint) => Number(point.status === 'live') },
} as const satisfies Readonly<Record<string, Figure>>;

function LastHour({ id }: { id: string }): JSX.Element {
  const [chosen, choose] = useState<keyof typeof FIGURES>('messages');
  const past = useHistory(id);
  const { title, of } = FIGURES[chosen];
  return (
    <>
      <p class="moments">
        {Object.entries(FIGURES).map(([name, { title: words }]) => (
          <button key={name} aria-pressed={name === chosen} onClick={() => choose(name as keyof typeof FIGURES)}>
            {words}
          </button>
        ))}
      </p>
      {past.length < 2 ? (
        <Empty>Gathering: the service keeps a point every ten seconds.</Empty>
      ) : (
        <Chart
          title={`${title} of ${id}`}
          x={past.map(({ atMs }) => atMs)}
          lines={[{ label: title, colour: '--accent', values: past.map((point) => of(point)), shape: 'steps' }]}
        />
      )}
      <p class="dim">The last hour, as far as the service ran.</p>
    </>
  );
}

function Detail({ one }: { one: ExchangeStatus }): JSX.Element {
  return (
    <>
      <Panel title={`${one.id}: books`}>
        <Symbols one={one} />
      </Panel>
      <Panel title={`${one.id}: last hour`}>
        <LastHour id={one.id} />
        {one.lastError && (
          <p>
            <span class="dim">
              Last fault, {clock(one.lastError.atMs, true)}
              {one.lastError.host && `, ${one.lastError.host}`}:
            </span>{' '}
            {one.lastError.message}
          </p>
        )}
      </Panel>
    </>
  );
}

/** State of every exchange, and of one of them more. */
export function ExchangesView(): JSX.Element {
  const all = [...exchanges.value.values()].sort((a, b) => a.id.localeCompare(b.id));
  const chosen = exchanges.value.get(place.value.parts[1] ?? '') ?? all[0];
  return (
    <div class="stack live-figures">
      <h1 class="hidden-visually">Exchanges</h1>
      <Panel title="Exchanges">
        {all.length === 0 ? (
          <Empty>Nothing heard yet.</Empty>
        ) : (
          <Scroll label="Exchanges">
            <table class="data exchanges" aria-label="Exchanges">
              <HeadRow
                columns={[
                  'Exchange',
                  'Status',
                  'Integrity',
                  numbers('Books live'),
                  numbers('Age', 'median time since the last proof of life of its books'),
                  numbers('Oldest'),
                  numbers('Latency', 'how much later than its quickest frames the newest ones came, offset taken off'),
                  numbers('Offset', 'our clock minus theirs, network delay at its least included'),
                  numbers('Messages/s'),
                  'Last hour',
                  numbers('Resyncs'),
                  numbers('Reconnects'),
                  numbers('Breaks'),
                  'Last fault',
                ]}
              />
              <tbody>
                {all.map((one) => (
                  <Row key={one.id} one={one} isChosen={one === chosen} />
                ))}
              </tbody>
            </table>
          </Scroll>
        )}
      </Panel>
      {chosen && <div class="grid">{<Detail one={chosen} />}</div>}
    </div>
  );
}
