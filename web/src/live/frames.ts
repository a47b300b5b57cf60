const waiting = new Set<() => void>();
let isAsked = false;

/** Runs `paint` once with the next frame of the screen, however often it is asked for before. */
export function inNextFrame(paint: () => void): void {
  waiting.add(paint);
  if (isAsked) return;
  isAsked = true;
  requestAnimationFrame(() => {
    isAsked = false;
    const due = [...waiting];
    waiting.clear();
    for (const each of due) each();
  });
}
