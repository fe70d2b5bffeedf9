import { create } from 'zustand';

/** Programs that the operator did not want to run now, by fingerprint: they are shown again only when asked for. */
export const usePutOff = create<{ readonly fingerprints: ReadonlySet<string> }>(() => ({
  fingerprints: new Set(),
}));

/** Does not show this question again by itself. */
export function putOff(fingerprint: string): void {
  usePutOff.setState(({ fingerprints }) => ({ fingerprints: new Set([...fingerprints, fingerprint]) }));
}

/** Shows it again. */
export function showAgain(fingerprint: string): void {
  usePutOff.setState(({ fingerprints }) => ({
    fingerprints: new Set([...fingerprints].filter((one) => one !== fingerprint)),
  }));
}
