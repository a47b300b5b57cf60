/**
 * Makes the id of a run of the detector: its start in base 36, so that later runs sort after earlier ones, and a random
 * part, so that two detectors that start in the same millisecond differ.
 *
 * @param nowMs - Start of the run, epoch milliseconds.
 * @returns For example `mihb3k2f-5d1c0a9e`.
 */
export function newEpoch(nowMs: number): string {
  const random = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
  return `${Math.floor(nowMs).toString(36)}-${random.toString(16).padStart(8, '0')}`;
}
