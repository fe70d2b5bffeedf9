import './away.css';
import { useState } from 'react';
import type { AwayLine } from '../../../shared/model/away.ts';
import { type Away, closeAway, tryAwayAgain, useAway } from '../../live/away.ts';
import { useConnections } from '../../live/connections.ts';
import { Button } from '../../ui/Button.tsx';
import { formatCount, formatUtc } from '../../ui/format.ts';
import { plainText } from '../../ui/plainText.ts';
import { awayFor, problemWords, quietWords, reachWords, timeWords, untimedWords } from './awayWords.ts';
import { showWhen } from './showWhen.ts';

/** So many lines before somebody asks for all. */
const fewLines = 4;

/** What happened while nobody looked, above the map and never over it; gone with one click, and back by the palette. */
export function AwayPanel() {
  const { all, shown } = useAway();
  if (!shown || all.length === 0) return null;
  const longest = Math.max(...all.map(({ absence }) => absence.to - absence.from));
  return (
    <section className="away" aria-label="While you were away">
      <div className="awayHead">
        <h2>While you were away — {awayFor(longest)}</h2>
        <span className="grow" />
        <Button onPress={closeAway} aria-label="Close what happened while you were away">
          Close
        </Button>
      </div>
      <div className="awayBody">
        {all.toSorted(byLoss).map((away) => (
          <OfConnection key={away.absence.connectionId} away={away} isAlone={all.length === 1} />
        ))}
      </div>
    </section>
  );
}

/** Where most was lost first, and where nothing happened last. */
function byLoss(a: Away, b: Away): number {
  const lost = ({ summary }: Away): number =>
    [...(summary?.lines ?? []), ...(summary?.untimed ?? [])].reduce(
      (sum, { lostCalls }) => sum + (lostCalls ?? 0),
      0,
    );
  return lost(b) - lost(a) || (b.summary?.lines.length ?? 0) - (a.summary?.lines.length ?? 0);
}

function OfConnection({ away, isAlone }: { readonly away: Away; readonly isAlone: boolean }) {
  const { absence, summary, problem } = away;
  const [whole, setWhole] = useState(false);
  const quiet = summary === null ? null : quietWords(summary, absence.to);
  const untimed = summary === null ? null : untimedWords(summary);
  const reach = summary === null ? null : reachWords(summary, absence.to);
  const problems = summary === null ? [] : problemWords(summary);
  const lines = summary?.lines ?? [];
  const shown = whole ? lines : lines.slice(0, fewLines);
  const left = lines.length - shown.length;
  return (
    <div className="awayOf">
      {!isAlone && (
        <h3>
          {plainText(absence.connectionTitle, 80)} · {awayFor(absence.to - absence.from)}
        </h3>
      )}
      {summary === null && problem === null && (
        <p className="muted" role="status">
          <span className="spinner" aria-hidden="true" /> Reading what happened…
        </p>
      )}
      {problem !== null && (
        <p className="toneWarn">
          What happened could not be read: {plainText(problem, 300)}{' '}
          <Button
            onPress={() => tryAwayAgain(absence)}
            aria-label={`Try again to read what happened at ${plainText(absence.connectionTitle, 80)}`}
          >
            Try again
          </Button>
        </p>
      )}
      {quiet !== null && (
        <p className="muted" role="status">
          {quiet}
        </p>
      )}
      {shown.length > 0 && (
        <ul aria-label={`What happened at ${plainText(absence.connectionTitle, 80)}`}>
          {shown.map((line, i) => (
            <Line key={`${line.kind} ${line.name} ${line.from} ${i}`} line={line} now={absence.to} />
          ))}
        </ul>
      )}
      {(left > 0 || (whole && (summary?.more ?? 0) > 0)) && (
        <p>
          {left > 0 ? (
            <Button tone="quiet" onPress={() => setWhole(true)}>
              {formatCount(left, 'more line')}
            </Button>
          ) : (
            <span className="muted">and {formatCount(summary?.more ?? 0, 'more line')}</span>
          )}
        </p>
      )}
      {untimed !== null && <p>{untimed}</p>}
      {summary?.notes.map((text) => (
        <p key={text} className="muted">
          {plainText(text, 300)}
        </p>
      ))}
      {problems.map((text) => (
        <p key={text} className="toneWarn">
          {text}
        </p>
      ))}
      {reach !== null && <p className="muted awayReach">{reach}</p>}
    </div>
  );
}

function Line({ line, now }: { readonly line: AwayLine; readonly now: number }) {
  const { serviceId, name, text, lostCalls, tone, from } = line;
  const isKnown = useConnections().length > 0 && serviceId !== null;
  const words = plainText(name, 80);
  return (
    <li className="awayLine">
      <span className="num muted" title={formatUtc(from)}>
        {timeWords(line, now)}
      </span>
      {isKnown ? (
        <Button
          tone="quiet"
          aria-label={`Go to ${words}, ${timeWords(line, now)}`}
          onPress={() => showWhen(serviceId, from, `${words}: ${plainText(text, 80)}`)}
        >
          {words}
        </Button>
      ) : (
        <b>{words}</b>
      )}
      <span>
        <span className={tone === 'bad' ? 'toneBad' : tone === 'warn' ? 'toneWarn' : ''}>
          {plainText(text, 300)}
        </span>{' '}
        {lostCalls !== null && (
          <span className="num muted">
            {lostCalls < 1
              ? 'no call lost'
              : `${lostCalls.toLocaleString('en-GB')} ${lostCalls === 1 ? 'call' : 'calls'} lost`}
          </span>
        )}
      </span>
    </li>
  );
}
