import type { Provenance } from '../../../shared/model/signals.ts';
import { useLink } from '../../client/link.ts';
import { useNow } from '../../live/clock.ts';
import { useSignals } from '../../live/signals.ts';
import { Chip } from '../../ui/Chip.tsx';
import { formatSpan, formatUtc } from '../../ui/format.ts';
import { ageOf } from './dataAge.ts';

/** How old the figures on the map are: the age of the newest sample, not of the screen. */
export function DataAge() {
  const now = useNow();
  const provenance = useSignals((signals) => signals.provenance);
  const open = useLink((link) => link.state === 'open');
  const age = ageOf(provenance, now);
  const details = provenance.map((each) => wordsOf(each)).join('\n');
  if (!open)
    return <Chip tone="warn">Lost the console{age !== null && ` · data ${formatSpan(age.ms)} old`}</Chip>;
  if (age === null) return <Chip>No figures yet</Chip>;
  if (age.state === 'stale')
    return (
      <Chip tone="bad" title={details}>
        Stale · data {formatSpan(age.ms)} old
      </Chip>
    );
  return (
    <Chip tone="ok" title={details}>
      <i className="dot ok" aria-hidden="true" />
      <span className="num">Live · data {formatSpan(age.ms)} old</span>
    </Chip>
  );
}

function wordsOf({ source, newestSampleAt, observedAt, windowSeconds, problems }: Provenance): string {
  const sample =
    newestSampleAt === null ? `read ${formatUtc(observedAt)}` : `newest sample ${formatUtc(newestSampleAt)}`;
  return [`${source}: ${sample}, over ${windowSeconds} s`, ...problems].join('\n  ');
}
