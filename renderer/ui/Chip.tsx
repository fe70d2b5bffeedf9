import type { ReactNode } from 'react';
import { Button as AriaButton } from 'react-aria-components';

interface ChipProps {
  readonly tone?: 'normal' | 'ok' | 'warn' | 'bad' | 'pending';
  readonly children: ReactNode;
  readonly title?: string;
  /** Makes the whole chip a button. */
  readonly onPress?: () => void;
  /** Adds a ✕ with this name. */
  readonly remove?: { readonly label: string; readonly onPress: () => void };
}

/** A small rounded word: a state, a filter. */
export function Chip({ tone = 'normal', children, title, onPress, remove }: ChipProps) {
  const className = tone === 'normal' ? 'chip' : `chip ${tone}`;
  if (onPress !== undefined) {
    return (
      <AriaButton className={className} onPress={onPress}>
        {children}
      </AriaButton>
    );
  }
  return (
    <span className={className} title={title}>
      {children}
      {remove !== undefined && (
        <AriaButton className="chipRemove" aria-label={remove.label} onPress={remove.onPress}>
          ✕
        </AriaButton>
      )}
    </span>
  );
}

/** A coloured point that always stands beside words saying the same. */
export function Dot({ tone }: { readonly tone: 'ok' | 'warn' | 'bad' | 'unknown' | 'waiting' }) {
  return <i className={tone === 'unknown' ? 'dot' : `dot ${tone}`} aria-hidden="true" />;
}
