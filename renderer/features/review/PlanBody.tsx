import type { ReactNode } from 'react';
import type { ThreeWay } from '../../../shared/model/change.ts';
import type { DocumentRef } from '../../../shared/model/entity.ts';
import type { Operation } from '../../../shared/model/operation.ts';
import type { Plan } from '../../../shared/model/plan.ts';
import type { OperationRecord } from '../../../shared/model/record.ts';
import { DocumentDiff } from '../../ui/documentViews.tsx';
import { TextField } from '../../ui/Field.tsx';
import { NameCheck } from '../../ui/NameCheck.tsx';
import { Place } from '../../ui/Place.tsx';
import { plainText } from '../../ui/plainText.ts';
import { Section } from '../../ui/Section.tsx';
import { asksForName, type Confirmation } from './applyGate.ts';
import { Copies } from './Copies.tsx';
import { Cautions } from './Cautions.tsx';
import { GuardList } from './GuardList.tsx';
import { InGit } from './InGit.tsx';
import { AffectedSection, HoldSection } from './HoldSection.tsx';
import { Ladder, LadderAhead } from './Ladder.tsx';
import { ThreeWayView } from './ThreeWayView.tsx';

interface PlanBodyProps {
  readonly plan: Plan;
  /** The operation once it was applied. */
  readonly record: OperationRecord | null;
  readonly isSent: boolean;
  /** Why the plan is shown again, when it is. */
  readonly note: string | null;
  readonly confirmation: Confirmation;
  readonly onTick: (id: string, on: boolean) => void;
  readonly onTypedName: (name: string) => void;
  readonly reason: string;
  readonly onReason: (reason: string) => void;
  readonly onPlanAgain: (operation: Operation) => void;
  /** What is watched, before and after. */
  readonly watch: ReactNode;
}

/** A plan in two columns: what and then, on the left; what was checked and what is asked, on the right. */
export function PlanBody(props: PlanBodyProps) {
  const { plan, record, isSent, confirmation } = props;
  return (
    <>
      <p className="reviewWhere">
        {plainText(plan.target, 160)} · on{' '}
        <Place title={plan.connection.title} environment={plan.connection.environment} spelled /> · as{' '}
        {plainText(plan.actor, 80)}
      </p>
      <Cautions connectionId={plan.connection.id} />
      <NameCheck name={plan.serviceName} />
      {props.note !== null && (
        <p className="reviewNote" role="alert">
          {plainText(props.note)}
        </p>
      )}
      <div className="reviewColumns">
        <div>
          <Section title="What changes">
            <div className={plan.changes.length > 1 ? 'reviewDocuments several' : 'reviewDocuments'}>
              {plan.changes.map((change, index) => (
                <div key={index}>
                  {plan.changes.length > 1 && <h4>{plainText(titleOf(change.document), 160)}</h4>}
                  <DocumentDiff
                    label={`Change of ${change.document.kind} ${change.document.name}`}
                    before={change.before}
                    after={change.after}
                  />
                </div>
              ))}
            </div>
          </Section>
          <Section title="What will happen">
            {plan.forecast.length === 0 && <p className="muted">No source has figures to say it from.</p>}
            {plan.forecast.map((sentence) => (
              <p key={sentence} className="forecast">
                {plainText(sentence)}
              </p>
            ))}
          </Section>
          <Section title={isSent ? 'Progress' : 'After you apply'}>
            {record === null ? <LadderAhead rungs={plan.rungs} /> : <Ladder record={record} />}
            {record?.error != null && (
              <p className="reviewNote" role="alert">
                {plainText(record.error)}
              </p>
            )}
          </Section>
        </div>
        <div>
          {plan.threeWay && (
            <ThreeWayView
              threeWay={plan.threeWay}
              onPlanAgain={isSent ? null : () => props.onPlanAgain(onWhatIsThereNow(plan, plan.threeWay))}
            />
          )}
          <AffectedSection affected={plan.affected} />
          <HoldSection plan={plan} record={record} />
          <Section title="Guards">
            <GuardList
              guards={plan.guards}
              ticked={confirmation.ticked}
              onTick={props.onTick}
              frozen={isSent}
            />
          </Section>
          {props.watch}
          {asksForName(plan) && !isSent && (
            <div className="reviewField">
              <TextField
                label={`Type ${plainText(plan.serviceName, 120)} to confirm`}
                value={confirmation.typedName}
                onChange={props.onTypedName}
              />
            </div>
          )}
          {isSent ? (
            <Section title="Reason">
              <p className={props.reason === '' ? 'muted' : ''}>
                {props.reason === '' ? 'none given' : props.reason}
              </p>
            </Section>
          ) : (
            <div className="reviewReason">
              <TextField label="Reason" value={props.reason} onChange={props.onReason} lines={2} />
            </div>
          )}
          <Section title="Elsewhere">
            <Copies copies={plan.copies} />
            {/* A silence is declared nowhere: Alertmanager alone has it. */}
            {plan.operation.kind !== 'silence' && <InGit plan={plan} reason={props.reason} />}
          </Section>
        </div>
      </div>
    </>
  );
}

function titleOf({ kind, namespace, name }: DocumentRef): string {
  return `${kind} ${namespace === null ? '' : `${namespace}/`}${name}`;
}

/** The same wish, resting on what is there now: the operator has seen it in the table. */
function onWhatIsThereNow(plan: Plan, threeWay: ThreeWay | null): Operation {
  const { operation } = plan;
  const revision = plan.changes[0]?.revision;
  if (revision !== undefined && 'revision' in operation) return { ...operation, revision };
  if (operation.kind !== 'setWeights' || threeWay?.kind === 'document') return operation;
  return {
    ...operation,
    seen: { revision: revision ?? operation.seen.revision, weights: threeWay?.now ?? operation.seen.weights },
  };
}
