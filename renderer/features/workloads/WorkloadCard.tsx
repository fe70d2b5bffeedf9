import type { EntityId } from '../../../shared/model/entity.ts';
import type { InstanceRates, WorkloadAction, WorkloadView } from '../../../shared/model/workload.ts';
import { useTitleAmongSeveral } from '../../live/connections.ts';
import { useDenied } from '../../live/rights.ts';
import { askFor } from '../../state/pending.ts';
import { Button } from '../../ui/Button.tsx';
import { DeniedNote } from '../../ui/DeniedNote.tsx';
import { plainText } from '../../ui/plainText.ts';
import { Section } from '../../ui/Section.tsx';
import { InstanceList } from './InstanceList.tsx';
import { ReplicasField } from './ReplicasField.tsx';
import { RevisionList } from './RevisionList.tsx';
import { RolloutSteps } from './RolloutSteps.tsx';
import { WorkloadTexts } from './WorkloadTexts.tsx';
import { actionTitle, cannotInWords, changeOf, nameOf, readyInWords } from './workloadWords.ts';

interface WorkloadCardProps {
  readonly workload: WorkloadView;
  readonly rates: InstanceRates | null;
  readonly serviceId: EntityId;
}

/** One workload: how it stands, how its rollout moves, and what can be done to it. */
export function WorkloadCard({ workload, rates, serviceId }: WorkloadCardProps) {
  const { ref, connectionId, version, rollout, paused, updatedReplicas, replicas, steps } = workload;
  const system = useTitleAmongSeveral(connectionId);
  const denied = useDenied(connectionId, { verb: 'patch', kind: ref.kind, namespace: ref.namespace });
  const deniedPods = useDenied(connectionId, { verb: 'patch', kind: 'Pod', namespace: ref.namespace });
  const act = (action: WorkloadAction) =>
    askFor(changeOf(workload, serviceId, action), actionTitle(workload, action));
  const can = (verb: WorkloadAction['verb']) => workload.verbs?.includes(verb) ?? true;
  const isDenied = denied !== null;
  const ready = readyInWords(workload);
  const unpausable = cannotInWords('pause', workload);
  const isRolling = rollout !== null && updatedReplicas !== null && replicas !== null && replicas > 0;
  const cannot = [cannotInWords('scale', workload), unpausable].filter((why) => why !== null);
  return (
    <Section
      title={system === null ? nameOf(workload) : `${nameOf(workload)} on ${plainText(system, 60)}`}
      aside={version !== null && <span>{plainText(version, 30)}</span>}
    >
      <p className="workloadState" role="status">
        {ready !== null && <span className="num">{ready}</span>}
        {paused && <span className="tonePending">rollout paused</span>}
        {rollout !== null && (
          <span className={rollout.state === 'stuck' ? 'toneBad' : 'tonePending'}>
            {plainText(rollout.text, 300)}
          </span>
        )}
        {/* What Kubernetes itself rolls out says so in the words before. */}
        {steps !== undefined && isRolling && (
          <span className="muted num">
            {updatedReplicas} of {replicas} updated
          </span>
        )}
      </p>
      {isRolling && (
        <progress
          className="workloadProgress"
          aria-label={`Updated instances of ${nameOf(workload)}`}
          value={Math.min(updatedReplicas, replicas)}
          max={replicas}
        />
      )}
      <RolloutSteps workload={workload} isDenied={isDenied} onAct={act} />
      {replicas !== null && can('scale') && (
        <ReplicasField
          key={replicas}
          workload={workload}
          isDenied={isDenied}
          onScale={(wanted) => act({ verb: 'scale', replicas: wanted })}
        />
      )}
      {can('restart') && (
        <div className="workloadButtons">
          <Button isDisabled={isDenied} onPress={() => act({ verb: 'restart' })}>
            Restart…
          </Button>
          <Button
            isDisabled={isDenied || unpausable !== null}
            onPress={() => act({ verb: paused ? 'resume' : 'pause' })}
          >
            {paused ? 'Resume rollout…' : 'Pause rollout…'}
          </Button>
        </div>
      )}
      <WorkloadTexts workload={workload} serviceId={serviceId} />
      {cannot.length > 0 && can('restart') && <p className="muted workloadNote">{cannot.join(' ')}</p>}
      {denied !== null && <DeniedNote denied={denied} />}
      <RevisionList
        serviceId={serviceId}
        workload={workload}
        isDenied={isDenied}
        onRollBack={(revision) => act({ verb: 'rollBack', revision })}
      />
      <InstanceList workload={workload} rates={rates} denied={deniedPods} onAct={act} />
    </Section>
  );
}
