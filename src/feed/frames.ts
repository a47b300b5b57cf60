/** Epoch milliseconds on the wire, to the microsecond. */
export function wireTime(nowMs: number): number {
  return Math.round(nowMs * 1_000) / 1_000;
}

/**
 * Writes a message of the service.
 *
 * @param type - What it is.
 * @param fields - Its fields, in the order in which they shall stand.
 * @param nowMs - When it is sent.
 */
export function frame(type: string, fields: object, nowMs: number): string {
  return JSON.stringify({ type, ...fields, sentAtMs: wireTime(nowMs) });
}

/** The end of an `update`, the same for all who receive these events at this moment. */
export function updateTail(jsons: readonly string[], nowMs: number): string {
  return `,"sentAtMs":${wireTime(nowMs)},"data":[${jsons.join(',')}]}`;
}
