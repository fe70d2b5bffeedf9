/** Covered again after so long: nobody remembers to do it. */
const shownMs = 30_000;

/** Covers a secret that is shown after half a minute, unless the returned function is called before. */
export function coverLater(cover: () => void): () => void {
  const timer = setTimeout(cover, shownMs);
  return () => clearTimeout(timer);
}
