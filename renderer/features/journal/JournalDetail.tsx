import type { ReactNode } from 'react';
import { canUndo, toldRungs } from '../../../shared/analysis/recordEnd.ts';
import type { OperationRecord, SetPlace } from '../../../shared/model/record.ts';
import { useNodeId } from '../../live/topology.ts';
import { openReview } from '../../state/review.ts';
import { selectService } from '../../state/selection.ts';
import { openSetReview } from '../../state/setReview.ts';
import { showPage } from '../../state/view.ts';
import { Button } from '../../ui/Button.tsx';
import { DocumentDiff } from '../../ui/documentViews.tsx';
import { formatDayAndClock } from '../../ui/format.ts';
import { Place } from '../../ui/Place.tsx';
import { plainText } from '../../ui/plainText.ts';
import { Section } from '../../ui/Section.tsx';
import { Time } from '../../ui/Time.tsx';
import { effectOf, holdOf, nothingSeen, standingOf, watchOf } from './journalWords.ts';

const rungTitles = { accepted: 'Accepted', declared: 'Declared', loaded: 'Loaded', measured: 'Measured' };
const rungStates = { seen: '✓', waiting: '○', contradicted: '✕', unobservable: '–' };

interface JournalDetailProps {
  readonly record: OperationRecord;
  /** All that are listed: an undo names what it took back. */
  readonly records: readonly OperationRecord[];
  readonly onChoose: (id: string) => void;
}

/** One operation whole: what was asked, what was written, what was seen, and its way back. */
export function JournalDetail({ record, records, onChoose }: JournalDetailProps) {
  const standing = standingOf(record);
  const rungs = toldRungs(record);
  const serviceId = useNodeId(record.serviceId);
  const [hold, watch] = [holdOf(record), watchOf(record)];
  return (
    <article className="journalDetail" aria-label={plainText(record.title, 160)}>
      <header className="journalDetailHead">
        <div className="grow">
          <h2>{plainText(record.title, 200)}</h2>
          <p className="muted">
            {plainText(record.target, 200)} · on{' '}
            <Place title={record.connection.title} environment={record.connection.environment} spelled />
          </p>
        </div>
        {serviceId !== null && (
          <Button
            onPress={() => {
              selectService(serviceId, { centre: true });
              showPage('map');
            }}
          >
            Show on the map
          </Button>
        )}
        {canUndo(record) && (
          <Button
            onPress={() =>
              openReview({ kind: 'undo', operationId: record.id, title: `Undo: ${record.title}` })
            }
          >
            Undo…
          </Button>
        )}
      </header>
      <dl className="journalFacts">
        <Fact name="When">
          <Time at={record.at}>{formatDayAndClock(record.at)}</Time>
        </Fact>
        <Fact name="Who">{plainText(record.actor, 120)}</Fact>
        <Fact name="Why">
          {record.reason === '' ? <span className="muted">none given</span> : plainText(record.reason, 2_000)}
        </Fact>
        <Fact name="Came out">
          <span className={`journalStanding ${standing.tone}`}>
            {standing.sign} {standing.word}
          </span>
          {record.error !== null && <span> · {plainText(record.error)}</span>}
        </Fact>
        <Fact name="Effect">
          {effectOf(record.effect) ?? <span className="muted">{effectAwaited(record)}</span>}
        </Fact>
        {hold !== null && (
          <Fact name={record.operation.kind === 'trip' ? 'Held' : 'Kept'}>{plainText(hold, 800)}</Fact>
        )}
        {watch !== null && <Fact name="Watched">{plainText(watch, 1_600)}</Fact>}
        {record.told?.problem != null && <Fact name="Webhook">{plainText(record.told.problem, 800)}</Fact>}
        {record.noteProblem !== null && <Fact name="Others">{plainText(record.noteProblem, 800)}</Fact>}
        {record.overrides.length > 0 && (
          <Fact name="Overridden">{plainText(record.overrides.join('; '), 600)}</Fact>
        )}
        {record.setId !== null && record.set !== null && (
          <Fact name="Part of">
            <PartOf setId={record.setId} place={record.set} />
          </Fact>
        )}
        {record.undoOf !== null && (
          <Fact name="Undo of">
            <Other id={record.undoOf} records={records} onChoose={onChoose} />
          </Fact>
        )}
        {record.undoneBy !== null && (
          <Fact name="Undone by">
            <Other id={record.undoneBy} records={records} onChoose={onChoose} />
          </Fact>
        )}
      </dl>
      <Section title="What was seen">
        {rungs.length === 0 && <p className="muted">{nothingSeen(record)}</p>}
        <ol className="journalRungs">
          {rungs.map((rung) => (
            <li key={rung.rung} className={rung.state}>
              <span aria-hidden="true">{rungStates[rung.state]}</span>
              <span>
                {rungTitles[rung.rung]}
                <span className="visuallyHidden"> {rung.state}</span>
              </span>
              <span className="muted">{rung.detail === '' ? rung.state : plainText(rung.detail)}</span>
            </li>
          ))}
        </ol>
      </Section>
      <Section title="What was changed">
        {record.changes.map((change) => (
          <DocumentDiff
            key={change.document.uid}
            label={`Change of ${change.document.kind} ${change.document.name}`}
            before={change.before}
            after={change.after}
          />
        ))}
      </Section>
    </article>
  );
}

interface PartOfProps {
  readonly setId: string;
  readonly place: SetPlace;
}

/** Its place among changes that were applied together, and the way to see them all. */
function PartOf({ setId, place }: PartOfProps) {
  const { position, titles, ended } = place;
  return (
    <>
      change {position + 1} of {titles.length} applied together
      {ended !== null && ` · ended here: ${plainText(ended, 300)}`}{' '}
      <Button tone="quiet" onPress={() => openSetReview({ kind: 'look', setId })}>
        Show all of them
      </Button>
    </>
  );
}

function effectAwaited(record: OperationRecord): string {
  if (record.state === 'notWritten') return 'none: nothing was written';
  return record.finishedAt === null
    ? 'read two minutes after the write'
    : 'not known: no source measured it, or Podium was closed';
}

interface OtherProps extends Pick<JournalDetailProps, 'records' | 'onChoose'> {
  readonly id: string;
}

/** Another operation, by its title where it is listed too. */
function Other({ id, records, onChoose }: OtherProps) {
  const other = records.find((record) => record.id === id);
  if (other === undefined)
    return <span className="muted">one that is not listed here ({plainText(id, 60)})</span>;
  return (
    <Button tone="quiet" onPress={() => onChoose(id)}>
      {plainText(other.title, 120)}, {formatDayAndClock(other.at)}
    </Button>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt className="muted">{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
