import type { SourceState } from '../../../shared/model/connection.ts';
import { Dot } from '../../ui/Chip.tsx';
import { plainText } from '../../ui/plainText.ts';
import { Section } from '../../ui/Section.tsx';

const tones = {
  connecting: 'waiting',
  live: 'ok',
  stale: 'warn',
  failing: 'bad',
  absent: 'unknown',
} as const;

/** What was found behind a connection, and what was looked for in vain with what would help. */
export function Found({ sources }: { readonly sources: readonly SourceState[] }) {
  if (sources.length === 0) return null;
  const missing = sources.filter(({ state }) => state === 'absent');
  return (
    <Section title={missing.length === 0 ? 'What was found' : 'What was found, and what is missing'}>
      <ul className="aboutFound">
        {sources.map(({ id, title, state, detail, consequence, error }) => (
          <li key={id}>
            <Dot tone={tones[state]} />
            <div>
              <b>{plainText(title, 80)}</b>
              {state === 'absent' && ': not found'}{' '}
              <span className="muted">{plainText(consequence, 300)}</span>
              {state === 'absent' && <div>{plainText(detail, 400)}</div>}
              {error !== null && <div className="toneBad">{plainText(error, 400)}</div>}
            </div>
          </li>
        ))}
      </ul>
    </Section>
  );
}
