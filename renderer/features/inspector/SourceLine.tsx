import type { Provenance } from '../../../shared/model/signals.ts';
import { useNow } from '../../live/clock.ts';
import { formatSpan, formatUtc } from '../../ui/format.ts';
import { plainText } from '../../ui/plainText.ts';

/** Older than this, figures are no longer what is going on. */
const staleAfterMs = 90_000;

/** Where figures come from and how old the newest is. */
export function SourceLine({ provenance }: { readonly provenance: readonly Provenance[] }) {
  const now = useNow();
  if (provenance.length === 0) return <span className="sourceLine toneWarn">no source of figures</span>;
  return (
    <span className="sourceLine num">
      {provenance.map(({ source, newestSampleAt, observedAt, problems }) => {
        const at = newestSampleAt ?? observedAt;
        const ageMs = Math.max(0, now - at);
        const isStale = ageMs > staleAfterMs || problems.length > 0;
        const note = [
          `newest sample ${formatUtc(at)}`,
          ...problems.map((problem) => plainText(problem)),
        ].join('; ');
        return (
          <span key={source} className={isStale ? 'toneWarn' : ''} title={note}>
            {plainText(source, 40)}, {formatSpan(ageMs)} old
            {problems.length > 0 && `, incomplete: ${plainText(problems[0] ?? '', 80)}`}
          </span>
        );
      })}
    </span>
  );
}
