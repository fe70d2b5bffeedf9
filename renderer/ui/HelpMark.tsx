import { Button as AriaButton } from 'react-aria-components';

/** A way to the help of exactly that beside which it stands. */
export function HelpMark({ onPress }: { readonly onPress: () => void }) {
  return (
    <AriaButton className="helpMark" aria-label="Help on this" onPress={onPress}>
      ?
    </AriaButton>
  );
}
