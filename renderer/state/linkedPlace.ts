import { create } from 'zustand';
import type { DeepLink } from '../../shared/model/deepLink.ts';

/** The place that a link asked for and that is not shown yet. */
export const useLinkedPlace = create<{ readonly wanted: DeepLink | null }>(() => ({ wanted: null }));

export function askToShow(wanted: DeepLink): void {
  useLinkedPlace.setState({ wanted });
}

/** It is shown, or not wanted any more. */
export function forgetLink(): void {
  useLinkedPlace.setState({ wanted: null });
}
