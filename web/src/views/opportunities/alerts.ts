import type { Opportunity } from '../../../../src/core/opportunity/opportunity.js';
import { bps, money } from '../../format.js';
import { sidesOf } from '../../live/legs.js';
import { onOpened } from '../../live/opportunity-board.js';
import { makesSound, notifies, passes } from './choices.js';

/** Openings come in bursts: one tone for each burst. */
const QUIET_MS = 400;
const TONE_S = 0.12;
let audio: AudioContext | null = null;
let lastAtMs = -Infinity;

function tone(): void {
  if (performance.now() - lastAtMs < QUIET_MS) return;
  lastAtMs = performance.now();
  audio ??= new AudioContext();
  const oscillator = audio.createOscillator();
  const gain = audio.createGain();
  const at = audio.currentTime;
  oscillator.frequency.value = 880;
  gain.gain.setValueAtTime(0.08, at);
  gain.gain.exponentialRampToValueAtTime(0.001, at + TONE_S);
  oscillator.connect(gain).connect(audio.destination);
  oscillator.start(at);
  oscillator.stop(at + TONE_S);
}

function notify(one: Opportunity): void {
  if (!document.hidden || Notification.permission !== 'granted') return;
  const { buy, sell } = sidesOf(one);
  new Notification(`${one.symbol} ${bps(one.netBps)} bps`, {
    body: `${buy?.exchange ?? ''} → ${sell?.exchange ?? ''}, ${money(one.netProfit, one.currency)}`,
    tag: one.routeId,
  });
}

/** Tells of openings that pass the filter, as chosen; for as long as the page is open, whatever view is shown. */
export function startAlerts(): void {
  onOpened((one) => {
    if (!passes(one)) return;
    if (makesSound.value) tone();
    if (notifies.value) notify(one);
  });
}
