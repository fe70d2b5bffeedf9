/**
 * Characters that steer how text is drawn instead of being drawn: C0 and C1 controls (but for tab and line feed), marks
 * and overrides of direction, zero-width ones and tags. In a name from a cluster they can only mislead.
 */
export const steering =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/gu;

/** Where less than this is shown anyway, a cut needs no count of what is missing. */
const countedFrom = 100;

/** Text of a peer, safe to draw: what steers is shown as ⟨U+202E⟩, and what is too long is cut, a long text with its length. */
export function plainText(text: string, longest = 400): string {
  const shown = text.replace(steering, (character) => namedPoint(character.codePointAt(0) ?? 0));
  if (shown.length <= longest) return shown;
  const cut = `${[...shown].slice(0, longest).join('').trimEnd()}…`;
  return longest < countedFrom ? cut : `${cut} (${text.length} characters)`;
}

/** A character that is not drawn itself: "⟨U+202E⟩". */
export function namedPoint(point: number): string {
  return `⟨U+${point.toString(16).toUpperCase().padStart(4, '0')}⟩`;
}
