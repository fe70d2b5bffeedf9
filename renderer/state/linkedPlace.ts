import { create } from 'zustand';
import type { DeepLink } from '../../shared/model/deepLink.ts';
import { dismissToast, showToast } from './toasts.ts';

/** The place that a link asked for and that is not shown yet. */
export const useLinkedPlace = create<{ readonly wanted: DeepLink | null }>(() => ({ wanted: null }));

/** What was said of the link that was shown last. */
let said: readonly number[] = [];

/** From now on this link is meant, and nothing that was said of an earlier one. */
export function askToShow(wanted: DeepLink): void {
  said.forEach(dismissToast);
  said = [];
  useLinkedPlace.setState({ wanted });
}

/** It is shown, or not wanted any more. */
export function forgetLink(): void {
  useLinkedPlace.setState({ wanted: null });
}

/** Says something of the link that is shown, until another is asked for. */
export function sayOfLink(toast: Parameters<typeof showToast>[0]): void {
  said = [...said, showToast(toast)];
}
