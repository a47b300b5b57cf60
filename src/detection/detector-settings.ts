import type { DetectorSettings } from '../core/detector/detector-settings.js';
import type { Settings } from '../platform/config/index.js';

/** At most ten `updated` a second and opportunity reach anybody. */
const UPDATE_EVERY_MS = 100;

/**
 * Turns the settings that a user writes into those of a detector.
 *
 * @param detection - The group `detection` of the settings.
 * @param epoch - Id of the run.
 * @returns What rules its decisions.
 */
export function detectorSettings(detection: Settings['detection'], epoch: string): DetectorSettings {
  return {
    epoch,
    minNetBps: detection.minNetBps,
    hysteresisBps: detection.hysteresisBps,
    minDwellMs: detection.minDwellMs,
    maxNotionalUsd: detection.maxNotionalUsd === 0 ? null : detection.maxNotionalUsd,
    capByBalance: detection.capByBalance,
    depegBandBps: detection.depegBandBps,
    spreadRoutes: detection.spreadRoutes,
    tickMs: detection.tickMs,
    limits: {
      maxAgeMs: detection.maxAgeMs,
      maxQuietMs: detection.maxQuietMs,
      maxSkewMs: detection.maxSkewMs,
      maxLateMs: detection.maxLateMs,
      minNotionalUsd: detection.minNotionalUsd,
      maxNetBps: detection.maxNetBps,
      requireTransfer: detection.requireTransfer,
      maxNetworkAgeMs: detection.maxNetworkAgeMs,
    },
    identity: detection.identity,
    lifecycle: {
      graceMs: detection.graceMs,
      standingAfterMs: detection.standingAfterMs,
      maxOpenMs: detection.maxOpenMs,
      updateEveryMs: UPDATE_EVERY_MS,
    },
  };
}
