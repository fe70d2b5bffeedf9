import type { PatchStep } from '../../../model/change.ts';
import type { WorkloadAction, WorkloadView } from '../../../model/workload.ts';
import { PeerError } from '../../kit/peerError.ts';
import { at, type KubeObject, listAt, numberAt, textAt } from '../../kube/objects.ts';

/** What one verb writes: the steps into the object or into its status, and what it means. */
export interface VerbWrite {
  readonly subresource: 'status' | null;
  readonly steps: readonly PatchStep[];
  readonly says: string;
}

type Verb = WorkloadAction['verb'];

/** What an operator can do to a Rollout as it stands. */
export function argoVerbs(rollout: KubeObject): NonNullable<WorkloadView['verbs']> {
  const held = listAt(rollout, 'status', 'pauseConditions').length > 0;
  const moving = isMoving(rollout);
  const aborted = at(rollout, 'status', 'abort') === true;
  return [
    at(rollout, 'spec', 'paused') === true ? 'resume' : 'pause',
    ...(moving && !aborted && (held || stepOf(rollout) < stepsIn(rollout).length)
      ? (['promote'] as const)
      : []),
    ...(moving && !aborted ? (['promoteFull', 'abort'] as const) : []),
    ...(aborted ? (['retry'] as const) : []),
  ];
}

/** Another template than the stable one is on its way. */
const isMoving = (rollout: KubeObject): boolean =>
  textAt(rollout, 'status', 'currentPodHash') !== null &&
  textAt(rollout, 'status', 'currentPodHash') !== textAt(rollout, 'status', 'stableRS');

const stepsIn = (rollout: KubeObject): readonly unknown[] =>
  listAt(rollout, 'spec', 'strategy', 'canary', 'steps');
const stepOf = (rollout: KubeObject): number => numberAt(rollout, 'status', 'currentStepIndex') ?? 0;

/**
 * What Argo Rollouts' own plugin writes for a verb. Each write tests what was looked at, so that it counts once: two clicks are
 * two steps with the plugin.
 */
export function argoWrite(rollout: KubeObject, verb: Verb): VerbWrite {
  const verbs: readonly Verb[] = argoVerbs(rollout);
  const { name } = rollout.metadata;
  if (!verbs.includes(verb))
    throw new PeerError(
      'refused',
      `Rollout ${name} cannot be asked to ${sayVerb[verb] ?? verb} as it stands: ${argoState(rollout)}.`,
    );
  const uid: PatchStep = { op: 'test', path: '/metadata/uid', value: rollout.metadata.uid };
  // A status moves all the time; what the verb rests on is tested instead of the revision.
  const looked = lookedAt(rollout, ['currentPodHash', 'currentStepIndex', 'pauseConditions']);
  switch (verb) {
    case 'pause':
    case 'resume':
      return {
        subresource: null,
        steps: [uid, ...set(rollout, ['spec', 'paused'], verb === 'pause')],
        says:
          verb === 'pause'
            ? 'The Rollout stays at the step it is at until it is resumed.'
            : 'The Rollout goes on from the step it is at.',
      };
    case 'promote':
      return promote(rollout, [uid, ...looked]);
    case 'promoteFull':
      return {
        subresource: 'status',
        steps: [uid, ...looked, ...set(rollout, ['status', 'promoteFull'], true)],
        says: 'All steps and analyses that are left are skipped: the new version gets everything.',
      };
    case 'abort':
      return {
        subresource: 'status',
        // It holds at any step: a Rollout that moves on meanwhile is aborted all the same.
        steps: [uid, ...lookedAt(rollout, ['currentPodHash']), ...set(rollout, ['status', 'abort'], true)],
        says: 'The stable version gets everything again. The new template stays in the specification, so the Rollout is called degraded until that is put back or tried again.',
      };
    case 'retry':
      return {
        subresource: 'status',
        steps: [uid, ...set(rollout, ['status', 'abort'], false)],
        says: 'The steps begin anew from the first.',
      };
    default:
      throw new PeerError('refused', `Argo Rollouts has no verb for “${verb}”.`);
  }
}

function promote(rollout: KubeObject, tests: readonly PatchStep[]): VerbWrite {
  const held = listAt(rollout, 'status', 'pauseConditions');
  const index = stepOf(rollout);
  const writes: PatchStep[] =
    held.length > 0
      ? [
          { op: 'remove', path: '/status/pauseConditions' },
          ...(at(rollout, 'status', 'controllerPause') === true &&
          held.some((one) => textAt(one, 'reason') === 'InconclusiveAnalysisRun')
            ? set(rollout, ['status', 'controllerPause'], false)
            : []),
        ]
      : set(rollout, ['status', 'currentStepIndex'], index + 1);
  return {
    subresource: 'status',
    steps: [...tests, ...writes],
    says: sayPromotion(rollout, index),
  };
}

function sayPromotion(rollout: KubeObject, index: number): string {
  if (isBlueGreen(rollout)) return saySwitch(rollout);
  const steps = stepsIn(rollout);
  return index < steps.length
    ? `Step ${index + 1} of ${steps.length} (${sayStep(steps[index])}) is ended, and the next begins.`
    : 'What it waits for is ended.';
}

/** Whether it knows no steps: its new version gets no call or all of them. */
export const isBlueGreen = (rollout: KubeObject): boolean =>
  at(rollout, 'spec', 'strategy', 'blueGreen') !== undefined;

/** What becomes of calls when a Rollout without steps goes on. */
export function saySwitch(rollout: KubeObject): string {
  const active = textAt(rollout, 'spec', 'strategy', 'blueGreen', 'activeService');
  return active === null
    ? 'The new version gets all calls at once.'
    : `Service ${active} is switched to the new version, which gets all its calls at once.`;
}

function lookedAt(rollout: KubeObject, fields: readonly string[]): PatchStep[] {
  return fields.flatMap((field): PatchStep[] => {
    const value = at(rollout, 'status', field);
    return value === undefined || value === null ? [] : [{ op: 'test', path: `/status/${field}`, value }];
  });
}

function set(rollout: KubeObject, path: readonly string[], value: unknown): PatchStep[] {
  const pointer = `/${path.join('/')}`;
  const before = at(rollout, ...path);
  return before === undefined
    ? [{ op: 'add', path: pointer, value }]
    : [
        { op: 'test', path: pointer, value: before },
        { op: 'replace', path: pointer, value },
      ];
}

const sayVerb: Partial<Record<Verb, string>> = {
  promote: 'end its step',
  promoteFull: 'skip its steps',
  abort: 'go back',
  retry: 'try again',
};

/** Where a Rollout stands, in words. */
export function argoState(rollout: KubeObject): string {
  const seen = textAt(rollout, 'status', 'observedGeneration');
  const generation = numberAt(rollout, 'metadata', 'generation');
  // It is text there; the phase is of the generation that it names.
  if (seen !== null && generation !== null && seen !== String(generation))
    return 'its controller has not taken up the newest specification yet';
  const phase = textAt(rollout, 'status', 'phase') ?? 'not reported yet';
  const message = textAt(rollout, 'status', 'message');
  return `${phase}${message === null || message === '' ? '' : `, ${message}`}`.slice(0, 300);
}

/** How a Rollout's steps stand; null for one without steps. */
export function argoSteps(rollout: KubeObject): WorkloadView['steps'] {
  const steps = stepsIn(rollout);
  const index = isMoving(rollout) ? stepOf(rollout) : steps.length;
  const aborted = at(rollout, 'status', 'abort') === true;
  return {
    owner: 'Argo Rollouts',
    items: steps.map((step, position) => ({
      text: sayStep(step),
      state: aborted ? 'ahead' : position < index ? 'done' : position === index ? 'now' : 'ahead',
    })),
    weight: numberAt(rollout, 'status', 'canary', 'weights', 'canary', 'weight'),
    analysis: ['currentStepAnalysisRunStatus', 'currentBackgroundAnalysisRunStatus'].flatMap((field) => {
      const run = at(rollout, 'status', 'canary', field);
      const name = textAt(run, 'name');
      return name === null
        ? []
        : [{ name, state: textAt(run, 'status') ?? 'Pending', text: textAt(run, 'message') ?? '' }];
    }),
    note: isBlueGreen(rollout)
      ? `It has no steps. Once it is promoted: ${saySwitch(rollout)}`
      : 'Argo Rollouts decides the weights by these steps; another weight written beside it is put back at once.',
  };
}

function sayStep(step: unknown): string {
  const weight = numberAt(step, 'setWeight');
  if (weight !== null) return `weight ${weight} %`;
  if (at(step, 'pause') !== undefined) {
    const lasts = at(step, 'pause', 'duration');
    return typeof lasts === 'string' || typeof lasts === 'number'
      ? `wait ${lasts}${typeof lasts === 'number' ? ' s' : ''}`
      : 'wait for somebody';
  }
  const analysis = listAt(step, 'analysis', 'templates').map((one) => textAt(one, 'templateName') ?? '');
  if (analysis.length > 0) return `analysis ${analysis.join(', ')}`.slice(0, 120);
  if (at(step, 'experiment') !== undefined) return 'experiment';
  if (at(step, 'setCanaryScale') !== undefined) return 'scale of the canary';
  const [other] = typeof step === 'object' && step !== null ? Object.keys(step) : [];
  return other ?? 'step';
}
