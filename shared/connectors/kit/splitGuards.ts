import type { Guard } from '../../model/change.ts';
import type { Split, SplitDestination } from '../../model/weights.ts';
import { PeerError } from './peerError.ts';
import type { MovedSince } from './splitMemory.ts';

/** Null leaves a destination without a weight. */
export type Weights = readonly (number | null)[];

/** A check made before a write, as plans carry it. */
export const guardOf = (
  id: string,
  verdict: Guard['verdict'],
  title: string,
  detail: string | null = null,
): Guard => ({ id, verdict, title, detail });

export const sayWeights = (weights: Weights): string =>
  weights.map((weight) => weight ?? 'unset').join(' / ');

export const totalOf = (weights: Weights): number =>
  weights.reduce<number>((sum, weight) => sum + (weight ?? 0), 0);

/** Refuses, before anybody is asked, what no peer should be asked; `validate` says what is wrong with weights. Throws `PeerError`. */
export function refuseNonsense(
  split: Split,
  wanted: Weights,
  validate: (weights: readonly number[], found?: number) => readonly string[],
): void {
  const refuse = (why: string): never => {
    throw new PeerError('refused', why);
  };
  if (wanted.length !== split.destinations.length)
    refuse(
      `The route has ${split.destinations.length} destinations, and ${wanted.length} weights were given. Look at it again.`,
    );
  if (split.readOnly !== null) refuse(`This split is read-only here. ${split.readOnly}`);
  if (wanted.length === 1) refuse('The route has a single destination: there is nothing to divide.');
  const before = split.destinations.map((one) => one.weight);
  const sum = totalOf(before);
  const problems = validate(
    wanted.map((weight) => weight ?? 0),
    split.freeSum === true ? undefined : sum === 0 ? 100 : sum,
  );
  if (problems.length > 0) refuse(problems.join(' '));
  if (wanted.every((weight, position) => weight === before[position]))
    refuse(`The weights are ${sayWeights(before)} already: there is nothing to change.`);
}

/** Whether what every version gets is there to take it. Only what gains calls is looked at hard: moving away is never held up. */
export function destinationGuards(split: Split, wanted: Weights): Guard[] {
  const gaining = split.destinations.filter(
    (one, position) => (wanted[position] ?? 0) > (one.weight ?? (split.destinations.length === 1 ? 100 : 0)),
  );
  const broken = gaining.filter((one) => one.problem !== null);
  if (broken.length > 0)
    return [
      guardOf(
        'destinations',
        'block',
        `Calls sent to ${broken.map((one) => one.title).join(', ')} would fail`,
        broken.map((one) => `${one.title}: ${one.problem ?? ''}`).join('; '),
      ),
    ];
  const empty = gaining.filter((one) => one.readyInstances === 0);
  if (empty.length > 0)
    return [
      guardOf(
        'destinations',
        'typeName',
        `${empty.map((one) => one.title).join(', ')} has no ready instance`,
        'Calls sent there fail until one is ready.',
      ),
    ];
  const unknown = gaining.filter((one) => one.readyInstances === null);
  const counted = split.destinations
    .filter((one, position) => (wanted[position] ?? 0) > 0 && one.readyInstances !== null)
    .map((one) => `${one.title} has ${one.readyInstances} ready`);
  return [
    guardOf(
      'destinations',
      'pass',
      unknown.length === 0
        ? 'Every version that gets calls exists and is ready'
        : 'Every version that gets calls exists',
      [...counted, ...unknown.map((one) => `readiness of ${one.title} is not known here`)].join('; ') || null,
    ),
  ];
}

/** Whether the document is as the operator saw it. */
export function changedGuard(moved: MovedSince, by: string | null): Guard {
  const who = by === null ? 'Someone' : by;
  switch (moved) {
    case 'no':
      return guardOf('changed', 'pass', 'Nothing changed since you looked');
    case 'elsewhere':
      return guardOf(
        'changed',
        'pass',
        'This route is as you saw it',
        `${who} changed another part of the document meanwhile.`,
      );
    case 'weights':
      return guardOf(
        'changed',
        'tick',
        `${who} changed these weights since you looked`,
        'Compare the three versions before you go on.',
      );
    case 'unknown':
      return guardOf(
        'changed',
        'tick',
        `${who} changed the document since you looked`,
        'The weights are the ones you saw.',
      );
    case 'route':
      return guardOf(
        'changed',
        'block',
        `${who} changed this route since you looked`,
        'Its conditions or destinations are different now. Look at it again.',
      );
  }
}

/** Whether what gets the requests is there to take them. A mirror's failures reach nobody, so it only asks. */
export function destinationGuard(one: SplitDestination, mirrored: boolean): Guard {
  const id = 'destination';
  if (one.problem !== null)
    return {
      id,
      verdict: mirrored ? 'tick' : 'block',
      title: `Requests sent to ${one.title} would fail`,
      detail: one.problem,
    };
  if (one.readyInstances === 0)
    return {
      id,
      verdict: mirrored ? 'tick' : 'typeName',
      title: `${one.title} has no ready instance`,
      detail: mirrored
        ? 'Nothing takes the copies until one is ready.'
        : 'Requests sent there fail until one is ready.',
    };
  return {
    id,
    verdict: 'pass',
    title:
      one.readyInstances === null
        ? `${one.title} exists; its readiness is not known here`
        : `${one.title} has ${one.readyInstances} ready`,
    detail: null,
  };
}
