/** What each was made of, held for as long as it is itself. */
const sources = new WeakMap<AbortSignal, readonly AbortSignal[]>();

/**
 * Aborted with the first of those given. Node's own `AbortSignal.any` forgets a time-out, or a signal that was aborted and let
 * go, which is collected while nobody listens: then it never ends what it was made for (nodejs/node#57736 and #65995).
 */
export function anySignal(signals: readonly AbortSignal[]): AbortSignal {
  // eslint-disable-next-line no-restricted-properties -- the one place that may
  const either = AbortSignal.any([...signals]);
  sources.set(either, signals);
  return either;
}
