import { useCallback, useMemo, useRef, useState } from 'react';
import { watchHand } from './watchHand.ts';

/** Moves the picture, softly unless it is told that it has no time; null when there is nothing to move. */
type Move = (ms: number) => Promise<boolean> | null;

interface Hand {
  /** Whether a pointer is down on the map. */
  readonly down: boolean;
  /** Begins to watch the frame; returns what ends it. */
  readonly watch: (frame: HTMLElement) => () => void;
  /** Moves now, or when the hand lets go; the newest wish takes the place of those before. */
  readonly move: (how: Move, ms: number) => void;
  /** The operator moves the picture: nothing that was wished for before counts. */
  readonly forget: () => void;
}

/** Keeps the picture still under a hand. `stop` ends a move under way, which goes on after the hand has let go. */
export function useHand(stop: () => void, afterMs: number): Hand {
  const [down, setDown] = useState(false);
  const held = useRef(false);
  const wish = useRef<Move | null>(null);

  const move = useCallback((how: Move, ms: number): void => {
    wish.current = how;
    if (held.current) return;
    const done = (): void => {
      if (wish.current === how) wish.current = null;
    };
    const moving = how(ms);
    if (moving === null) done();
    else void moving.then(done);
  }, []);
  const watch = useCallback(
    (frame: HTMLElement) =>
      watchHand(frame, {
        onDown: () => {
          held.current = true;
          setDown(true);
          stop();
        },
        onUp: () => {
          held.current = false;
          setDown(false);
          if (wish.current !== null) move(wish.current, afterMs);
        },
      }),
    [move, stop, afterMs],
  );
  const forget = useCallback(() => {
    wish.current = null;
  }, []);
  return useMemo(() => ({ down, watch, move, forget }), [down, watch, move, forget]);
}
