import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { clock, span } from '../../format.js';
import { serviceNow } from '../../live/now.js';
import { token } from '../../live/session.js';
import { ProblemNote, useAnswer } from '../../parts/answer.js';
import { Badge, type Tone } from '../../parts/badge.js';
import { HeadRow, numbers } from '../../parts/head-row.js';
import { Empty, Panel } from '../../parts/panel.js';
import { Scroll } from '../../parts/scroll.js';
import { hrefOf, place } from '../../router.js';
import { Sheet } from '../../parts/sheet.js';
import { openTokenSheet } from '../../parts/token-sheet.js';
import { followKeys, keys, keysRefusal } from './key-board.js';
import { KeyDetail } from './key-detail.js';
import type { AuditEntry, List, ShownKey } from './key-shapes.js';
import './keys.css';
import { SecretForm } from './secret-form.js';

const HEALTH: Readonly<Record<ShownKey['health'], Tone>> = {
  healthy: 'good',
  warning: 'warn',
  critical: 'bad',
  disabled: 'plain',
  unknown: 'plain',
};
const ORDER: readonly ShownKey['health'][] = ['critical', 'warning', 'unknown', 'healthy', 'disabled'];
const SOON_MS = 14 * 86_400_000;

function Row({ one, isChosen }: { one: ShownKey; isChosen: boolean }): JSX.Element {
  const leftMs = one.expiresAtMs === null ? null : one.expiresAtMs - serviceNow();
  return (
    <tr class={isChosen ? 'is-chosen' : ''} data-id={one.id} data-health={one.health}>
      <th scope="row">
        <a href={hrefOf(['keys', one.id])}>
          {one.exchange}: {one.label}
        </a>
      </th>
      <td>
        <Badge tone={HEALTH[one.health]}>{one.health}</Badge>
      </td>
      <td>{one.state}</td>
      <td>
        {one.findings.map(({ code, severity }) => (
          <span key={code} class={severity === 'critical' ? 'bad' : severity === 'warning' ? 'warn' : 'dim'}>
            {code}{' '}
          </span>
        ))}
      </td>
      <td class={`num ${leftMs !== null && leftMs < SOON_MS ? 'warn' : ''}`}>
        {leftMs === null ? 'never' : span(leftMs)}
      </td>
      <td class="num">{clock(one.lastCheckedAtMs)}</td>
      <td class="num">{clock(one.lastUsedAtMs)}</td>
    </tr>
  );
}

function Audit(): JSX.Element {
  const { data, problem } = useAnswer<List<AuditEntry>>('/v1/keys/audit', { limit: 50 }, 5_000);
  return (
    <Panel title="Audit">
      <ProblemNote problem={problem} />
      <Scroll label="Audit" isCapped>
        <table class="data" aria-label="Audit">
          <HeadRow columns={[numbers('No'), 'When', 'Who', 'What', 'Key']} />
          <tbody>
            {(data?.data ?? []).map((entry) => (
              <tr key={entry.sequence}>
                <td class="num">{entry.sequence}</td>
                <td class="mono">{clock(entry.atMs, true)}</td>
                <td>{entry.actor}</td>
                <td>{entry.action}</td>
                <td class="mono dim">{entry.keyId?.slice(0, 8) ?? '–'}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </Panel>
  );
}

function Board(): JSX.Element {
  const adds = useSignal(false);
  useEffect(followKeys, []);
  const all = [...(keys.value?.values() ?? [])].sort(
    (a, b) => ORDER.indexOf(a.health) - ORDER.indexOf(b.health) || a.exchange.localeCompare(b.exchange),
  );
  const chosen = keys.value?.get(place.value.parts[1] ?? '') ?? all[0];
  return (
    <div class="stack">
      <Panel title="Keys" side={<button onClick={() => (adds.value = true)}>Add a key …</button>}>
        {all.length === 0 ? (
          <Empty>
            {keysRefusal.value ??
              (keys.value ? 'No key is stored. Fees are the defaults of the exchanges until one is.' : 'Loading …')}
          </Empty>
        ) : (
          <Scroll label="Keys">
            <table class="data exchanges" aria-label="Keys">
              <HeadRow
                columns={[
                  'Key',
                  'Health',
                  'State',
                  'Findings',
                  numbers('Expires in'),
                  numbers('Checked'),
                  numbers('Used'),
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
      {chosen && <KeyDetail one={chosen} key={chosen.id} />}
      <Audit />
      <Sheet isOpen={adds} title="Add a key">
        <SecretForm replaces={null} done={() => (adds.value = false)} />
      </Sheet>
    </div>
  );
}

/** Health of every key, and what can be done about it. */
export function KeysView(): JSX.Element {
  return (
    <>
      <h1 class="hidden-visually">Keys</h1>
      {token.value === '' ? (
        <Panel title="Keys">
          <Empty>
            Keys are shown to those with a token of the scope keys:read.{' '}
            <button onClick={openTokenSheet}>Give a token</button>
          </Empty>
        </Panel>
      ) : (
        <Board />
      )}
    </>
  );
}
