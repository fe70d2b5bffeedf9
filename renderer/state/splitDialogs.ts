import { create } from 'zustand';
import type { SplitPlace } from '../../shared/analysis/splitKey.ts';

/** What is asked about one split: to lead a canary over it, or to route some requests beside it. */
export interface SplitRequest {
  readonly purpose: 'canary' | 'route' | 'mirror';
  readonly split: SplitPlace;
}

/** The dialog about a split; null while none is open. */
export const useSplitDialog = create<{ readonly request: SplitRequest | null }>(() => ({ request: null }));

export function askAboutSplit(purpose: SplitRequest['purpose'], split: SplitPlace): void {
  useSplitDialog.setState({
    request: { purpose, split: { connectionId: split.connectionId, id: split.id } },
  });
}

export function closeSplitDialog(): void {
  useSplitDialog.setState({ request: null });
}
