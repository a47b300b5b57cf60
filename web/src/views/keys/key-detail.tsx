import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { clock, count, fixed, span } from '../../format.js';
import { ageOf, serviceNow } from '../../live/now.js';
import { ProblemNote, useAnswer } from '../../parts/answer.js';
import { Badge, type Tone } from '../../parts/badge.js';
import { HeadRow } from '../../parts/head-row.js';
import { Empty, Panel } from '../../parts/panel.js';
import { Scroll } from '../../parts/scroll.js';
import { Sparkline } from '../../parts/sparkline.js';
import { KeyActions } from './key-actions.js';
import type { Finding, List, ShownKey } from './key-shapes.js';

const SEVERITY: Readonly<Record<Finding['severity'], Tone>> = { info: 'plain', warning: 'warn', critical: 'bad' };

interface Hour {
  readonly hourMs: number;
  readonly calls: number;
  readonly isFarAbove: boolean;
}

interface Call {
  readonly atMs: number;
  readonly method: string;
  readonly path: string;
  readonly outcome: string;
  readonly durationMs: number;
}

/** Reading is all that is wanted: what else a key may do is more than it should. */
function Scopes({ one }: { one: ShownKey }): JSX.Element {
  return (
    <table class="data" aria-label="Rights">
      <HeadRow columns={['Right', 'Wanted', 'Granted']} />
      <tbody>
        {(['read', 'trade', 'withdraw', 'transfer'] as const).map((right) => {
          const granted = one.scopes[right];
          const isRight = granted === (right === 'read');
          const tone: Tone = granted === null ? 'plain' : isRight ? 'good' : right === 'trade' ? 'warn' : 'bad';
          return (
            <tr key={right}>
              <th scope="row">{right}</th>
              <td>{right === 'read' ? 'yes' : 'no'}</td>
              <td>
                <Badge tone={tone}>{granted === null ? 'not told' : granted ? 'yes' : 'no'}</Badge>
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

function Findings({ list }: { list: readonly Finding[] }): JSX.Element {
  if (list.length === 0) return <Empty>Nothing is wrong with this key.</Empty>;
  return (
    <ul class="findings">
      {list.map((finding) => (
        <li key={finding.code}>
          <Badge tone={SEVERITY[finding.severity]}>{finding.severity}</Badge> <b>{finding.code}</b>{' '}
          <span class="dim">
            seen: {finding.seen}; since {clock(finding.sinceMs, true)}
          </span>
          <br />
          {finding.remedy}
          {finding.url !== null && (
            <>
              {' '}
              <a href={finding.url} target="_blank" rel="noreferrer">
                page of the exchange
              </a>
            </>
          )}
        </li>
      ))}
    </ul>
  );
}

function Usage({ id }: { id: string }): JSX.Element {
  const hours = useAnswer<List<Hour>>(`/v1/keys/${id}/usage/hours`);
  const calls = useAnswer<List<Call>>(`/v1/keys/${id}/usage`, { limit: 20 }, 5_000);
  const series = hours.data?.data ?? [];
  return (
    <>
      <ProblemNote problem={hours.problem ?? calls.problem} />
      <p>
        <Sparkline values={series.map((hour) => hour.calls)} width={240} height={32} label="signed calls by hour" />{' '}
        <span class="dim">
          {count(series.reduce((sum, hour) => sum + hour.calls, 0))} signed calls in the last day, by hour
          {series.some(({ isFarAbove }) => isFarAbove) && <Badge tone="warn">far above the usual</Badge>}
        </span>
      </p>
      <Scroll label="Signed calls" isCapped>
        <table class="data" aria-label="Signed calls">
          <tbody>
            {(calls.data?.data ?? []).map((each) => (
              <tr key={`${each.atMs}${each.path}`}>
                <td class="mono">{clock(each.atMs)}</td>
                <td class="mono">
                  {each.method} {each.path}
                </td>
                <td>
                  <Badge tone={each.outcome === 'ok' ? 'good' : 'warn'}>{each.outcome}</Badge>
                </td>
                <td class="num">{fixed(each.durationMs, 0)} ms</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </>
  );
}

/** Everything that is known of one key. */
export function KeyDetail({ one }: { one: ShownKey }): JSX.Element {
  const [round, setRound] = useState(0);
  const expires =
    one.expiresAtMs === null
      ? 'never, as its exchange tells'
      : `${span(one.expiresAtMs - serviceNow())} left, ${clock(one.expiresAtMs, true)}`;
  return (
    <div class="grid">
      <Panel title={`${one.exchange}: ${one.label}`}>
        <KeyActions one={one} changed={() => setRound(round + 1)} />
        <Findings list={one.findings} />
        <Scopes one={one} />
        <dl class="facts">
          <dt>Addresses</dt>
          <dd>
            {one.ipRestricted === null ? 'not told' : one.ipRestricted ? 'bound' : 'not bound'}
            {one.ipList && one.ipList.length > 0 && ` to ${one.ipList.join(', ')}`}
          </dd>
          <dt>Expires</dt>
          <dd>{expires}</dd>
          <dt>Made</dt>
          <dd>
            {one.createdAtMs === null
              ? 'not told'
              : `${clock(one.createdAtMs, true)}, ${span(ageOf(one.createdAtMs))} ago`}
          </dd>
          <dt>Checked</dt>
          <dd>{clock(one.lastCheckedAtMs, true)}</dd>
          <dt>Used</dt>
          <dd>{clock(one.lastUsedAtMs, true)}</dd>
          <dt>For</dt>
          <dd>{one.purposes.join(', ')}</dd>
          <dt>Fingerprint</dt>
          <dd class="mono">{one.fingerprint}</dd>
        </dl>
      </Panel>
      <Panel title="Usage">
        <Usage id={one.id} key={round} />
      </Panel>
    </div>
  );
}
