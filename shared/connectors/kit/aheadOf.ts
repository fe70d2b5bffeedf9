/** Clocks that are kept by time servers differ by less; so much is not told as a difference. */
const alikeMs = 5_000;

/** How far a peer's clock is ahead of this machine's; 0 while they agree, or while the peer's (null) is not known. */
export function aheadOf(there: number | null, here: number): number {
  return there === null || Math.abs(there - here) < alikeMs ? 0 : Math.round(there - here);
}
