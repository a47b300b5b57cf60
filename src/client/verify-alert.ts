/** A request of a signed webhook, as its receiver got it. */
export interface AlertRequest {
  /** The key that was stored for the target. */
  readonly key: string;
  /** The header `X-Crossbook-Timestamp`. */
  readonly timestamp: string;
  /** The header `X-Crossbook-Signature`. */
  readonly signature: string;
  /** The body as it came, before anything parsed it. */
  readonly body: string;
  /** Epoch ms; the clock of this machine where it is not given. */
  readonly nowMs?: number;
  /** How far the timestamp may be from now, milliseconds: five minutes. */
  readonly windowMs?: number;
}

const WINDOW_MS = 300_000;

/**
 * Says whether a webhook comes from the holder of the key, and is not an old one sent again. What comes twice within the
 * window has the same `id`: remember the ids of so long.
 *
 * @returns False for a signature, a time or a body that is not right.
 */
export async function verifyAlert(request: AlertRequest): Promise<boolean> {
  const { key, timestamp, signature, body, nowMs = Date.now(), windowMs = WINDOW_MS } = request;
  const hex = /^v1=([0-9a-f]{64})$/.exec(signature)?.[1];
  if (hex === undefined || !/^\d{1,12}$/.test(timestamp) || key === '') return false;
  if (Math.abs(nowMs - Number(timestamp) * 1_000) > windowMs) return false;
  const text = new TextEncoder();
  const { subtle } = globalThis.crypto;
  const signs = await subtle.importKey('raw', text.encode(key), { name: 'HMAC', hash: 'SHA-256' }, false, ['verify']);
  const given = Uint8Array.from(hex.match(/../g) ?? [], (digits) => Number.parseInt(digits, 16));
  return subtle.verify('HMAC', signs, given, text.encode(`${timestamp}.${body}`));
}
