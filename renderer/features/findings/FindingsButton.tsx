import { useFindingStore } from '../../live/findings.ts';
import { listFindings } from '../../state/findings.ts';
import { Button } from '../../ui/Button.tsx';
import { formatCount } from '../../ui/format.ts';

/** The way to the findings, with how many there are; nothing while there are none. */
export function FindingsButton() {
  const count = useFindingStore(
    ({ found }) => (found?.findings.length ?? 0) + (found?.certificates.length ?? 0),
  );
  if (count === 0) return null;
  return <Button onPress={listFindings}>{formatCount(count, 'finding')}</Button>;
}
