import type { AlertFields, AlertKind, Severity } from '../core/alerts/alert-template.js';

/** What happened with an alert for one target. `summed`: it stands in another one that tells how many there were. */
export const ALERT_STATES = ['waiting', 'delivered', 'summed', 'dead'] as const;

/** What happened with an alert for one target. */
export type AlertState = (typeof ALERT_STATES)[number];

/** What a row may be about: one thing, or several that came too fast. */
export type RowKind = AlertKind | 'digest';

/** Something that a rule found, before it is a row for each of its targets. */
export interface Alert {
  readonly rule: string;
  readonly kind: AlertKind;
  readonly severity: Severity;
  /** What it is about; the same topic is told once per window. */
  readonly topic: string;
  /** That window, milliseconds; 0 for none. */
  readonly oncePerMs: number;
  readonly text: string;
  readonly fields: AlertFields;
  readonly atMs: number;
  /** Names of the targets. */
  readonly targets: readonly string[];
  /** Not before this, epoch ms. */
  readonly dueAtMs: number;
}

/** What a target is told: the same text for all, which each writes as it is written there. */
export interface Message {
  /** Stays the same however often it is sent, so that receivers can drop what came twice. */
  readonly id: string;
  readonly rule: string;
  readonly kind: RowKind | 'test';
  readonly severity: Severity;
  readonly text: string;
  readonly fields: AlertFields;
  /** When it happened, epoch ms. */
  readonly atMs: number;
}

/** An alert for one target, as it is stored. */
export interface StoredAlert extends Message {
  readonly kind: RowKind;
  readonly target: string;
  readonly state: AlertState;
  readonly dueAtMs: number;
  /** How often it was tried. */
  readonly attempts: number;
  readonly attemptedAtMs: number | null;
  readonly deliveredAtMs: number | null;
  /** Why the last attempt failed; never a secret. */
  readonly lastError: string | null;
  /** The id of the alert that tells of this one among others. */
  readonly summedIn: string | null;
}
