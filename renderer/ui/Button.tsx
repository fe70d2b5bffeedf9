import type { ReactNode } from 'react';
import { Button as AriaButton, type ButtonProps as AriaButtonProps } from 'react-aria-components';

export interface ButtonProps extends Omit<AriaButtonProps, 'className' | 'children' | 'style'> {
  readonly tone?: 'normal' | 'primary' | 'danger' | 'quiet';
  /** As wide as high, for a single sign; give it an aria-label. */
  readonly square?: boolean;
  readonly children: ReactNode;
}

/** A button. Its words say what it does. */
export function Button({ tone = 'normal', square = false, children, ...rest }: ButtonProps) {
  const names = ['button', tone === 'normal' ? '' : tone, square ? 'square' : ''];
  return (
    <AriaButton {...rest} className={names.filter((name) => name !== '').join(' ')}>
      {children}
    </AriaButton>
  );
}
