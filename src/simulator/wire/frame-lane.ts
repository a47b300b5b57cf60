import type { FrameFate } from '../faults/frame-faults.js';

/** Writes a frame in the moment in which it leaves. */
type Write = () => void;

/** The frames of one topic to one client of which some are held back; the order is kept but for swapped ones. */
export class FrameLane {
  private readonly held: { readonly send: Write; readonly dueMs: number }[] = [];
  private overtaken: Write | null = null;
  private timer: NodeJS.Timeout | null = null;

  constructor(private readonly now: () => number) {}

  /**
   * Sends a frame now or later.
   *
   * @param prepare - Called now: numbers the frame where it is counted, and returns how to send it. A delayed frame is
   * numbered when it leaves, so that the count of a connection stays whole; a lost or swapped one when it was due.
   */
  send(prepare: () => Write, fate: FrameFate): void {
    if (fate.isLost) {
      prepare();
      return;
    }
    if (this.overtaken) {
      const late = this.overtaken;
      this.overtaken = null;
      this.leave(prepare(), fate.dueMs);
      this.leave(late, fate.dueMs);
    } else if (fate.isSwapped) {
      this.overtaken = prepare();
    } else {
      this.leaveLater(prepare, fate);
    }
  }

  /** Sends whatever is held, in its order. */
  flush(): void {
    for (const { send } of this.held.splice(0)) send();
    this.overtaken?.();
    this.close();
  }

  /** Forgets whatever is held. */
  close(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    this.held.length = 0;
    this.overtaken = null;
  }

  private leaveLater(prepare: () => Write, { dueMs, copies }: FrameFate): void {
    const send = (): void => {
      const write = prepare();
      for (let copy = 0; copy < copies; copy++) write();
    };
    this.leave(send, dueMs);
  }

  private leave(send: Write, dueMs: number | null): void {
    const last = this.held.at(-1);
    if (dueMs === null && !last) {
      send();
      return;
    }
    this.held.push({ send, dueMs: Math.max(dueMs ?? 0, last?.dueMs ?? 0) });
    this.timer ??= this.wait();
  }

  private wait(): NodeJS.Timeout | null {
    const [first] = this.held;
    return first
      ? setTimeout(
          () => {
            this.release();
          },
          Math.max(0, first.dueMs - this.now()),
        )
      : null;
  }

  private release(): void {
    while (this.held[0] && this.held[0].dueMs <= this.now()) this.held.shift()?.send();
    this.timer = this.wait();
  }
}
