import type { PatchStep } from '../../../model/change.ts';
import type { WorkloadAction, WorkloadView } from '../../../model/workload.ts';
import { PeerError } from '../../kit/peerError.ts';
import { at, type KubeObject, listAt, numberAt, textAt } from '../../kube/objects.ts';
import type { VerbWrite } from './argo.ts';

/** Flagger has a single verb of its own. */
export const flaggerVerbs = (canary: KubeObject): NonNullable<WorkloadView['verbs']> =>
  at(canary, 'spec', 'suspend') === true ? ['resume'] : ['pause'];

export const noFlaggerVerbs =
  'Flagger promotes and rolls back by its analysis and by what its webhooks answer: it has no verb for either. Pausing (suspend) keeps it from taking the next step.';

export function flaggerWrite(canary: KubeObject, verb: WorkloadAction['verb']): VerbWrite {
  if (verb !== 'pause' && verb !== 'resume') throw new PeerError('refused', noFlaggerVerbs);
  const suspended = at(canary, 'spec', 'suspend');
  if ((suspended === true) === (verb === 'pause'))
    throw new PeerError(
      'refused',
      `Canary ${canary.metadata.name} is ${suspended === true ? 'suspended' : 'not suspended'} already.`,
    );
  const write: PatchStep[] =
    suspended === undefined
      ? [{ op: 'add', path: '/spec/suspend', value: true }]
      : [
          { op: 'test', path: '/spec/suspend', value: suspended },
          { op: 'replace', path: '/spec/suspend', value: verb === 'pause' },
        ];
  return {
    subresource: null,
    steps: [{ op: 'test', path: '/metadata/uid', value: canary.metadata.uid }, ...write],
    says:
      verb === 'pause'
        ? 'Flagger takes no further step; weights stay as they are.'
        : 'Flagger goes on with its analysis.',
  };
}

export function flaggerState(canary: KubeObject): string {
  const phase = textAt(canary, 'status', 'phase') ?? 'not reported yet';
  const failed = numberAt(canary, 'status', 'failedChecks') ?? 0;
  const threshold = numberAt(canary, 'spec', 'analysis', 'threshold');
  return `${phase}${failed === 0 ? '' : `, ${failed}${threshold === null ? '' : ` of ${threshold}`} checks failed`}`;
}

export const flaggerMoves = (canary: KubeObject): boolean =>
  ['Progressing', 'WaitingPromotion', 'Promoting', 'Finalising', 'Waiting'].includes(
    textAt(canary, 'status', 'phase') ?? '',
  );

/** The weights that its analysis goes through, and the checks that decide. */
export function flaggerSteps(canary: KubeObject): WorkloadView['steps'] {
  const analysis = at(canary, 'spec', 'analysis');
  const weight = numberAt(canary, 'status', 'canaryWeight');
  const now = flaggerMoves(canary) ? (weight ?? 0) : null;
  const promoted = textAt(canary, 'status', 'phase') === 'Succeeded';
  const weights = weightsOf(analysis);
  return {
    owner: 'Flagger',
    items: weights.map((one) => ({
      text: `weight ${one} %`,
      state: promoted || (now !== null && one < now) ? 'done' : now === one ? 'now' : 'ahead',
    })),
    weight,
    analysis: [
      ...listAt(analysis, 'metrics').map((metric) => ({
        name: textAt(metric, 'name') ?? 'metric',
        state: 'check',
        text: sayBounds(metric),
      })),
      ...listAt(analysis, 'webhooks')
        .filter((hook) => /^(confirm-|rollback)/.test(textAt(hook, 'type') ?? ''))
        .map((hook) => ({
          name: textAt(hook, 'name') ?? 'webhook',
          state: textAt(hook, 'type') ?? '',
          text: 'asks its webhook',
        })),
    ],
    note: noFlaggerVerbs,
  };
}

function weightsOf(analysis: unknown): number[] {
  const listed = listAt(analysis, 'stepWeights').filter((one) => typeof one === 'number');
  if (listed.length > 0) return listed;
  const step = numberAt(analysis, 'stepWeight');
  const most = Math.min(100, numberAt(analysis, 'maxWeight') ?? 100);
  if (step === null || step <= 0 || most / step > 100) return [];
  return Array.from({ length: Math.floor(most / step) }, (_, index) => (index + 1) * step);
}

function sayBounds(metric: unknown): string {
  const least = numberAt(metric, 'thresholdRange', 'min');
  const most = numberAt(metric, 'thresholdRange', 'max');
  const every = textAt(metric, 'interval');
  return [
    least === null ? null : `at least ${least}`,
    most === null ? null : `at most ${most}`,
    every === null ? null : `over ${every}`,
  ]
    .filter((part) => part !== null)
    .join(', ');
}
