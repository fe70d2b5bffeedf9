import { isDeepStrictEqual } from 'node:util';
import { parse } from 'yaml';
import type { Change } from '../../../model/change.ts';
import type { ReadBack } from '../../kit/control.ts';
import { changedByOf } from '../../kube/documents/ownership.ts';
import { at, type KubeObject, listAt, numberAt, textAt } from '../../kube/objects.ts';
import { argoState } from './argo.ts';
import { flaggerState } from './flagger.ts';

/** The parts of a document that verbs write, as the review and the journal show them. */
export function shown(live: KubeObject): Readonly<Record<string, unknown>> {
  const pick = (part: 'spec' | 'status', names: readonly string[]): Record<string, unknown> =>
    Object.fromEntries(
      names.flatMap((name) => {
        const value = at(live, part, name);
        return value === undefined || value === null ? [] : [[name, value]];
      }),
    );
  return {
    spec: pick('spec', ['paused', 'suspend']),
    status: pick('status', [
      'currentStepIndex',
      'currentPodHash',
      'pauseConditions',
      'controllerPause',
      'promoteFull',
      'abort',
    ]),
  };
}

/** What became of a verb: controllers take it up and go on, so only what it asked for tells, not that something moved. */
export function readBack(change: Change, live: KubeObject): ReadBack {
  const now = shown(live);
  const told = { revision: live.metadata.resourceVersion, changedBy: changedByOf(live)?.who ?? null };
  const state = live.kind === 'Rollout' ? argoState(live) : flaggerState(live);
  if (isDeepStrictEqual(now, parse(change.after)))
    return { ...told, state: 'after', detail: `Read back as written; ${state}.` };
  if (isDeepStrictEqual(now, parse(change.before)))
    return { ...told, state: 'before', detail: `Still as before; ${state}.` };
  if (isTaken(change, live)) {
    const step = numberAt(live, 'status', 'currentStepIndex');
    return {
      ...told,
      state: 'after',
      detail: `Its controller has taken it up${step === null ? '' : ` and is at step ${step + 1}`}; ${state}.`,
    };
  }
  return { ...told, state: 'else', detail: `It was changed again since; ${state}.` };
}

/** Whether the document shows that the verb was asked for. A Rollout also moves by itself, and a new template ends every verb. */
function isTaken({ patch, before: text }: Change, live: KubeObject): boolean {
  const written = patch.filter(({ op }) => op !== 'test');
  if (!written.some(({ path }) => path.startsWith('/status')))
    return written.every(({ path, value }) =>
      isDeepStrictEqual(at(live, ...path.slice(1).split('/')), value),
    );
  const before: unknown = parse(text);
  const hash = textAt(before, 'status', 'currentPodHash');
  if (textAt(live, 'status', 'currentPodHash') !== hash) return false;
  const stepOf = (of: unknown): number => numberAt(of, 'status', 'currentStepIndex') ?? 0;
  const aborted = at(live, 'status', 'abort') === true;
  const arrived = hash !== null && textAt(live, 'status', 'stableRS') === hash;
  return written.every(({ path, value }) => {
    switch (path) {
      case '/status/abort':
        // The controller leaves the flag out where it is false.
        return aborted === value;
      case '/status/promoteFull':
        return arrived || at(live, 'status', 'promoteFull') === true;
      case '/status/currentStepIndex':
        return !aborted && (arrived || (typeof value === 'number' && stepOf(live) >= value));
      case '/status/pauseConditions':
        return (
          !aborted &&
          (arrived ||
            stepOf(live) > stepOf(before) ||
            (stepOf(live) === stepOf(before) && listAt(live, 'status', 'pauseConditions').length === 0))
        );
      default:
        // `controllerPause` is set again at the next pause.
        return true;
    }
  });
}
