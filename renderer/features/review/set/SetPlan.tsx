import type { Plan } from '../../../../shared/model/plan.ts';
import { Button } from '../../../ui/Button.tsx';
import { DocumentDiff } from '../../../ui/documentViews.tsx';
import { TextField } from '../../../ui/Field.tsx';
import { Place } from '../../../ui/Place.tsx';
import { plainText } from '../../../ui/plainText.ts';
import { asksForName, type Confirmation } from '../applyGate.ts';
import { GuardList } from '../GuardList.tsx';

interface SetPlanProps {
  readonly plan: Plan;
  readonly place: number;
  readonly last: number;
  readonly confirmation: Confirmation;
  readonly onConfirm: (confirmation: Confirmation) => void;
  readonly onMove: (by: -1 | 1) => void;
  readonly onLeaveOut: () => void;
}

/** One plan of a set: its title and what asks for an answer in sight, diff and passed guards folded. */
export function SetPlan(props: SetPlanProps) {
  const { plan, place, last, confirmation, onConfirm } = props;
  const title = plainText(plan.title, 160);
  const asking = plan.guards.filter(({ verdict }) => verdict !== 'pass');
  const passed = plan.guards.length - asking.length;
  const tick = (id: string, on: boolean) => {
    const ticked = new Set(confirmation.ticked);
    if (on) ticked.add(id);
    else ticked.delete(id);
    onConfirm({ ...confirmation, ticked });
  };
  return (
    <li className="setPlan">
      <div className="setPlanHead">
        <span className="num muted">{place + 1}.</span>
        <span className="grow">
          <b>{title}</b> on{' '}
          <Place title={plan.connection.title} environment={plan.connection.environment} spelled />
        </span>
        <Button
          square
          aria-label={`Earlier: ${title}`}
          isDisabled={place === 0}
          onPress={() => props.onMove(-1)}
        >
          ↑
        </Button>
        <Button
          square
          aria-label={`Later: ${title}`}
          isDisabled={place === last}
          onPress={() => props.onMove(1)}
        >
          ↓
        </Button>
        <Button aria-label={`Leave out: ${title}`} onPress={props.onLeaveOut}>
          Leave out
        </Button>
      </div>
      {plan.forecast[0] !== undefined && <p className="muted">{plainText(plan.forecast[0], 300)}</p>}
      {asking.length > 0 && (
        <GuardList guards={asking} ticked={confirmation.ticked} onTick={tick} frozen={false} />
      )}
      {asksForName(plan) && (
        <TextField
          label={`Type ${plainText(plan.serviceName, 120)} to confirm`}
          value={confirmation.typedName}
          onChange={(typedName) => onConfirm({ ...confirmation, typedName })}
        />
      )}
      <details>
        <summary>What changes, and {passed} guards that passed</summary>
        {plan.changes.map((change, index) => (
          <DocumentDiff
            key={index}
            label={`Change of ${change.document.kind} ${change.document.name}`}
            before={change.before}
            after={change.after}
          />
        ))}
        <GuardList
          guards={plan.guards.filter(({ verdict }) => verdict === 'pass')}
          ticked={confirmation.ticked}
          onTick={tick}
          frozen
        />
      </details>
    </li>
  );
}
