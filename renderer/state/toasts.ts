import { create } from 'zustand';

/** A short word to the operator that does not ask for an answer. */
export interface Toast {
  readonly id: number;
  readonly tone: 'good' | 'bad' | 'neutral' | 'pending';
  readonly text: string;
  /** Something to do about it. */
  readonly action: { readonly title: string; readonly run: () => void } | null;
  /** Null stays until dismissed: what went wrong does not vanish unread. */
  readonly lastsMs: number | null;
}

export const useToasts = create<{ readonly toasts: readonly Toast[] }>(() => ({ toasts: [] }));

let nextId = 1;

/** Shows a toast and returns its id, by which it can be dismissed. */
export function showToast(
  toast: Pick<Toast, 'tone' | 'text'> & Partial<Pick<Toast, 'action' | 'lastsMs'>>,
): number {
  const id = nextId;
  nextId += 1;
  const lastsMs = toast.lastsMs ?? (toast.tone === 'bad' ? null : 8_000);
  useToasts.setState(({ toasts }) => ({
    toasts: [...toasts.slice(-3), { id, action: null, ...toast, lastsMs }],
  }));
  return id;
}

export function dismissToast(id: number): void {
  useToasts.setState(({ toasts }) => ({ toasts: toasts.filter((each) => each.id !== id) }));
}
