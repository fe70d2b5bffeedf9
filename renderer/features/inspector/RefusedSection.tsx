import { useState } from 'react';
import type { DenialJudgement, PolicyWord } from '../../../shared/model/denial.ts';
import type { EntityId } from '../../../shared/model/entity.ts';
import { useAsked } from '../../client/useAsked.ts';
import { showObject } from '../../state/objectDialog.ts';
import { Button } from '../../ui/Button.tsx';
import { plainText } from '../../ui/plainText.ts';
import { Section } from '../../ui/Section.tsx';
import { Time } from '../../ui/Time.tsx';
import { refusedWords } from './refusedWords.ts';

interface RefusedSectionProps {
  readonly callerId: EntityId;
  readonly calleeId: EntityId;
  readonly callerName: string;
  /** Share that was answered "forbidden"; null where no source tells how calls were answered. */
  readonly forbiddenRatio: number | null;
}

/** Who refuses a call: how many, by which policy so far as declared ones tell, and by name from the callee's own log. */
export function RefusedSection({ callerId, calleeId, callerName, forbiddenRatio }: RefusedSectionProps) {
  const key = JSON.stringify([callerId, calleeId]);
  const asked = useAsked(key, (client, signal) => client.denials.judge({ calleeId, callerId }, { signal }));
  const told = asked.value?.judgements ?? [];
  const isRefused = forbiddenRatio !== null && forbiddenRatio > 0;
  return (
    <Section
      title="Refused calls"
      aside={
        <Button tone="quiet" onPress={asked.again}>
          Look again
        </Button>
      }
    >
      <p className={isRefused ? 'toneBad' : 'muted'}>{refusedWords(forbiddenRatio, callerName)}</p>
      {asked.value === null && (
        <p className="muted">
          {asked.problem === null ? 'Reading policies…' : plainText(asked.problem, 400)}
        </p>
      )}
      {asked.value !== null && told.length === 0 && asked.value.problems.length === 0 && (
        <p className="muted">Nothing here knows of policies that could refuse them.</p>
      )}
      {told.map((judgement) => (
        <Judgement key={judgement.source} judgement={judgement} calleeId={calleeId} />
      ))}
      {asked.value?.problems.map((problem) => (
        <p key={problem} className="toneWarn">
          {plainText(problem, 400)}
        </p>
      ))}
      {(isRefused || forbiddenRatio === null) && <LogPart calleeId={calleeId} />}
    </Section>
  );
}

const tones = {
  denied: 'toneBad',
  maybe: 'toneWarn',
  admitted: 'muted',
  unruled: 'muted',
  unknown: 'toneWarn',
};

function Judgement({
  judgement: { source, outcome, text, policies, notes },
  calleeId,
}: {
  readonly judgement: DenialJudgement;
  readonly calleeId: EntityId;
}) {
  return (
    <div className="refusedBy">
      <p className={tones[outcome]} title={plainText(source)}>
        {plainText(text, 400)}
      </p>
      {policies.length > 0 && (
        <ul className="splitNotes">
          {policies.map((word) => (
            <PolicyLine
              key={`${word.kind} ${word.namespace}/${word.name} ${word.effect}`}
              word={word}
              isSaid={text.includes(word.text)}
              calleeId={calleeId}
            />
          ))}
        </ul>
      )}
      {notes.map((note) => (
        <p key={note} className="muted">
          {plainText(note, 400)}
        </p>
      ))}
    </div>
  );
}

function PolicyLine({
  word,
  isSaid,
  calleeId,
}: {
  readonly word: PolicyWord;
  /** Whether the judgement above has said all of it, so that its name is enough. */
  readonly isSaid: boolean;
  readonly calleeId: EntityId;
}) {
  const { apiVersion, kind, namespace, name, text, createdAt, heldUntil } = word;
  return (
    <li>
      {plainText(isSaid ? `${kind} ${namespace}/${name}` : text, 300)}
      {createdAt !== null && (
        <span className="muted">
          {' '}
          · there since <Time at={createdAt} />
        </span>
      )}
      {heldUntil !== null && (
        <span className="tonePending">
          {' '}
          · held by Podium until <Time at={heldUntil} />
        </span>
      )}{' '}
      <Button
        tone="quiet"
        aria-label={`YAML of ${kind} ${plainText(name, 80)}`}
        onPress={() => showObject(calleeId, { apiVersion, kind, namespace, name })}
      >
        YAML
      </Button>
    </li>
  );
}

/** The callee's own proxies know exactly; their logs are read because somebody asks. */
function LogPart({ calleeId }: { readonly calleeId: EntityId }) {
  const [isAsked, setAsked] = useState(false);
  const log = useAsked(isAsked ? calleeId : null, (client, signal) =>
    client.denials.log({ calleeId }, { signal }),
  );
  if (!isAsked)
    return (
      <div className="refusedBy">
        <Button onPress={() => setAsked(true)}>Ask the proxies’ log</Button>
      </div>
    );
  if (log.value === null)
    return <p className="muted">{log.problem === null ? 'Reading…' : plainText(log.problem, 400)}</p>;
  return (
    <div className="refusedBy">
      <p className={log.value.state === 'read' ? 'muted' : 'toneWarn'}>{plainText(log.value.text, 300)}</p>
      {log.value.denials.length > 0 && (
        <ul className="splitNotes">
          {log.value.denials.map(({ policy, count, lastAt }) => (
            <li key={policy ?? ''}>
              {count} refused by{' '}
              {policy === null ? 'no ALLOW policy matching' : `AuthorizationPolicy ${plainText(policy, 120)}`}
              {lastAt !== null && (
                <span className="muted">
                  {' '}
                  · last <Time at={lastAt} />
                </span>
              )}
            </li>
          ))}
        </ul>
      )}
      {log.value.problems.map((problem) => (
        <p key={problem} className="toneWarn">
          {plainText(problem, 300)}
        </p>
      ))}
      <Button onPress={log.again}>Read again</Button>
    </div>
  );
}
