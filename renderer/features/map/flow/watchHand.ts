/** What to do when a hand comes onto the map and when it leaves it. */
interface HandEvents {
  readonly onDown: () => void;
  readonly onUp: () => void;
}

/** Watches for a pointer that goes down in the frame, until it is let go of, wherever that is. Returns what ends it. */
export function watchHand(frame: HTMLElement, { onDown, onUp }: HandEvents): () => void {
  let letGo: AbortController | null = null;
  const up = (): void => {
    if (letGo === null) return;
    letGo.abort();
    letGo = null;
    onUp();
  };
  const down = (): void => {
    if (letGo !== null) return;
    letGo = new AbortController();
    const how = { capture: true, signal: letGo.signal };
    window.addEventListener('pointerup', up, how);
    window.addEventListener('pointercancel', up, how);
    // Not caught on the way in, where the blur of any element passes too.
    window.addEventListener('blur', up, { signal: letGo.signal });
    // A button let go of outside of the window is not told; the next move says that none is down.
    window.addEventListener('pointermove', ({ buttons }) => buttons === 0 && up(), how);
    onDown();
  };
  // Caught on the way in: the parts of a card keep the event to themselves.
  frame.addEventListener('pointerdown', down, { capture: true });
  return () => {
    frame.removeEventListener('pointerdown', down, { capture: true });
    up();
  };
}
