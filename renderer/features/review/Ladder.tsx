import { toldRungs } from '../../../shared/analysis/recordEnd.ts';
import type { Plan } from '../../../shared/model/plan.ts';
import type { OperationRecord, Rung } from '../../../shared/model/record.ts';
import { formatClockSeconds, formatUtc } from '../../ui/format.ts';
import { plainText } from '../../ui/plainText.ts';

const titles = { accepted: 'Accepted', declared: 'Declared', loaded: 'Loaded', measured: 'Measured' };

/** What each rung will be able to say, before anything is written. */
export function LadderAhead({ rungs }: { readonly rungs: Plan['rungs'] }) {
  return (
    <ol className="ladder">
      {rungs.map(({ rung, note }) => (
        <li key={rung} className="rung ahead">
          <span className="rungSign" aria-hidden="true">
            ○
          </span>
          <span>{titles[rung]}</span>
          <span>{plainText(note)}</span>
        </li>
      ))}
    </ol>
  );
}

/** The ladder as it is climbed: what was seen, is awaited, contradicts, cannot be seen here. Of what is over, what was seen alone. */
export function Ladder({ record }: { readonly record: OperationRecord }) {
  const rungs = toldRungs(record);
  if (rungs.length === 0) return null;
  const next = rungs.findIndex((rung) => rung.state === 'waiting');
  return (
    <ol className="ladder" aria-live="polite">
      {rungs.map((rung, index) => {
        const view = viewOf(rung, index === next || (rung.state === 'waiting' && rung.detail !== ''));
        return (
          <li key={rung.rung} className={`rung ${view.tone}`}>
            <span className="rungSign" aria-hidden="true">
              {view.sign}
            </span>
            <span>
              {titles[rung.rung]}
              <span className="visuallyHidden">: {view.word}</span>
            </span>
            <span>
              {isDecided(rung) && rung.at !== null && (
                <>
                  <time dateTime={new Date(rung.at).toISOString()} title={formatUtc(rung.at)}>
                    {formatClockSeconds(rung.at)}
                  </time>
                  {rung.detail !== '' && ' · '}
                </>
              )}
              {rung.detail === '' && !isDecided(rung) ? view.word : plainText(rung.detail)}
            </span>
          </li>
        );
      })}
    </ol>
  );
}

function isDecided({ state }: Rung): boolean {
  return state === 'seen' || state === 'contradicted';
}

function viewOf(
  rung: Rung,
  isNow: boolean,
): { readonly sign: string; readonly word: string; readonly tone: string } {
  switch (rung.state) {
    case 'seen':
      return { sign: '✓', word: 'seen', tone: 'seen' };
    case 'contradicted':
      return { sign: '✕', word: 'contradicted', tone: 'contradicted' };
    case 'unobservable':
      return { sign: '–', word: 'not observable here', tone: 'unobservable' };
    case 'waiting':
      return isNow
        ? { sign: '◐', word: 'not there yet', tone: 'now' }
        : { sign: '○', word: 'waiting', tone: 'ahead' };
  }
}
