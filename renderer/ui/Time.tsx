import type { ReactNode } from 'react';
import { formatMoment, formatUtc } from './format.ts';

interface TimeProps {
  readonly at: number;
  /** What is said of it; when it is where nothing is. */
  readonly children?: ReactNode;
  readonly className?: string;
}

/** A moment in the zone that was chosen, with UTC on hover. */
export function Time({ at, children, className }: TimeProps) {
  return (
    <time
      dateTime={new Date(at).toISOString()}
      title={formatUtc(at)}
      {...(className !== undefined && { className })}
    >
      {children ?? formatMoment(at)}
    </time>
  );
}
