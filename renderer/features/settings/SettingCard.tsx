import type { ReactNode } from 'react';

interface SettingCardProps {
  readonly title: string;
  /** What it is for, in a sentence or two. */
  readonly says?: string;
  readonly children?: ReactNode;
}

/** Settings of one kind. */
export function SettingCard({ title, says, children }: SettingCardProps) {
  return (
    <section className="settingCard" aria-label={title}>
      <h3>{title}</h3>
      {says !== undefined && <p className="muted">{says}</p>}
      {children}
    </section>
  );
}
