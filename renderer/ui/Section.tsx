import { type ReactNode, useId } from 'react';

interface SectionProps {
  readonly title: ReactNode;
  readonly children: ReactNode;
  /** Stands right of the title. */
  readonly aside?: ReactNode;
}

/** A titled part of a panel. */
export function Section({ title, children, aside }: SectionProps) {
  const id = useId();
  return (
    <section className="section" aria-labelledby={id}>
      <div className="sectionHead">
        <h3 className="sectionTitle" id={id}>
          {title}
        </h3>
        {aside}
      </div>
      {children}
    </section>
  );
}
