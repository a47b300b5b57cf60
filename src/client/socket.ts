/** What the client needs of a WebSocket: those of `ws`, of browsers and of Node have it. */
export interface SocketLike {
  send(data: string): void;
  close(): void;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number; reason: string }) => void) | null;
  onerror: ((event: unknown) => void) | null;
}

/** Opens a socket. */
export type SocketConstructor = new (url: string) => SocketLike;

/** The platform's WebSocket, or `ws` where there is none (Node 20). */
export async function platformSocket(): Promise<SocketConstructor> {
  const own = (globalThis as { WebSocket?: SocketConstructor }).WebSocket;
  return own ?? ((await import('ws')).WebSocket as unknown as SocketConstructor);
}
