import type { ReactNode } from 'react';

interface EmptyStateProps {
  readonly title: string;
  /** Why there is nothing, and what to do. */
  readonly children?: ReactNode;
  readonly actions?: ReactNode;
  readonly busy?: boolean;
}

/** What stands where nothing can be shown: why, and what to do about it. */
export function EmptyState({ title, children, actions, busy = false }: EmptyStateProps) {
  return (
    <div className="emptyState" role={busy ? 'status' : undefined}>
      {busy && <span className="spinner" aria-hidden="true" />}
      <h2>{title}</h2>
      {children !== undefined && <div className="emptyText">{children}</div>}
      {actions !== undefined && <div className="emptyActions">{actions}</div>}
    </div>
  );
}
