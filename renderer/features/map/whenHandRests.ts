/** So long a pointer must have been still, or off the cards, before the map moves by itself. */
const restMs = 700;

let movedAt = -Infinity;

/** A pointer moved over a card. */
export function noteHover(): void {
  movedAt = performance.now();
}

/** Runs once no pointer is on its way to a card any more, at once where none is; returns what calls it off. */
export function whenHandRests(run: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const look = (): void => {
    const left = movedAt + restMs - performance.now();
    if (left <= 0) run();
    else timer = setTimeout(look, left);
  };
  look();
  return () => clearTimeout(timer);
}
