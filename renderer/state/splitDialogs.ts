import { create } from 'zustand';

/** What is asked about one split: to lead a canary over it, or to route some requests beside it. */
export interface SplitRequest {
  readonly purpose: 'canary' | 'route' | 'mirror';
  readonly splitId: string;
}

/** The dialog about a split; null while none is open. */
export const useSplitDialog = create<{ readonly request: SplitRequest | null }>(() => ({ request: null }));

export function askAboutSplit(purpose: SplitRequest['purpose'], splitId: string): void {
  useSplitDialog.setState({ request: { purpose, splitId } });
}

export function closeSplitDialog(): void {
  useSplitDialog.setState({ request: null });
}
