import type { Guard } from '../../model/change.ts';
import type { Split } from '../../model/weights.ts';
import type { Weights } from './weightPatch.ts';

const guard = (
  id: string,
  verdict: Guard['verdict'],
  title: string,
  detail: string | null = null,
): Guard => ({
  id,
  verdict,
  title,
  detail,
});

/** Whether what every version gets is there to take it. Only what gains calls is looked at hard: moving away is never held up. */
export function destinationGuards(split: Split, wanted: Weights): Guard[] {
  const gaining = split.destinations.filter(
    (one, position) => (wanted[position] ?? 0) > (one.weight ?? (split.destinations.length === 1 ? 100 : 0)),
  );
  const broken = gaining.filter((one) => one.problem !== null);
  if (broken.length > 0)
    return [
      guard(
        'destinations',
        'block',
        `Calls sent to ${broken.map((one) => one.title).join(', ')} would fail`,
        broken.map((one) => `${one.title}: ${one.problem ?? ''}`).join('; '),
      ),
    ];
  const empty = gaining.filter((one) => one.readyInstances === 0);
  if (empty.length > 0)
    return [
      guard(
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
    guard(
      'destinations',
      'pass',
      unknown.length === 0
        ? 'Every version that gets calls exists and is ready'
        : 'Every version that gets calls exists',
      [...counted, ...unknown.map((one) => `readiness of ${one.title} is not known here`)].join('; ') || null,
    ),
  ];
}

/** Whose document it is. */
export function ownershipGuard(split: Split): Guard {
  const { ownership } = split;
  if (ownership === null)
    return guard('ownership', 'pass', 'No controller or repository is known to own this document');
  const owner = ownerNames[ownership.owner];
  return guard(
    'ownership',
    ownership.decidesWeights ? 'block' : 'tick',
    `Owned by ${owner}: ${ownership.name}`,
    ownership.consequence,
  );
}

const ownerNames = {
  'argo-cd': 'Argo CD',
  flux: 'Flux',
  helm: 'Helm',
  'argo-rollouts': 'Argo Rollouts',
  flagger: 'Flagger',
  'consul-k8s': 'Consul on Kubernetes',
  controller: 'a controller',
} as const;

/** Whether these credentials may make the write, as the API server said a moment ago. */
export function accessGuard(allowed: boolean | null, split: Split): Guard {
  const where = `${split.document.namespace ?? ''}/${split.document.name}`;
  if (allowed === true) return guard('access', 'pass', `You may patch VirtualService ${where}`);
  if (allowed === false)
    return guard(
      'access',
      'block',
      `You may not patch VirtualService ${where}`,
      'Ask for the verb “patch” on virtualservices.networking.istio.io.',
    );
  return guard(
    'access',
    'tick',
    'The API server did not say whether you may do this',
    'The write itself will tell.',
  );
}

/** What the peer said when it was asked to try the very same patch. */
export function dryRunGuard(refusal: string | null, canTry: boolean): Guard {
  if (refusal === null) return guard('dry-run', 'pass', 'The API server tried it and would take it');
  if (!canTry) return guard('dry-run', 'tick', 'It could not be tried beforehand', refusal);
  return guard('dry-run', 'block', 'The API server tried it and refuses', refusal);
}

/** That the total stays, which older Istio insists on, and what the weights mean when it is not 100. */
export function sumGuard(total: number): Guard {
  return guard(
    'sum',
    'pass',
    `The weights still add up to ${total}`,
    total === 100 ? null : 'Weights are relative: each share is its weight divided by the total.',
  );
}

/** Whether the document is as the operator saw it. */
export function changedGuard(
  moved: 'no' | 'elsewhere' | 'weights' | 'unknown' | 'route',
  by: string | null,
): Guard {
  const who = by === null ? 'Someone' : by;
  switch (moved) {
    case 'no':
      return guard('changed', 'pass', 'Nothing changed since you looked');
    case 'elsewhere':
      return guard(
        'changed',
        'pass',
        'This route is as you saw it',
        `${who} changed another part of the document meanwhile.`,
      );
    case 'weights':
      return guard(
        'changed',
        'tick',
        `${who} changed these weights since you looked`,
        'Compare the three versions before you go on.',
      );
    case 'unknown':
      return guard(
        'changed',
        'tick',
        `${who} changed the document since you looked`,
        'The weights are the ones you saw.',
      );
    case 'route':
      return guard(
        'changed',
        'block',
        `${who} changed this route since you looked`,
        'Its conditions or destinations are different now. Look at it again.',
      );
  }
}

/** Another document for the same host and the same proxies. */
export function siblingGuard(others: readonly string[]): Guard[] {
  if (others.length === 0) return [];
  return [
    guard(
      'siblings',
      'tick',
      `${others.join(', ')} ${others.length === 1 ? 'is' : 'are'} for the same host too`,
      'For sidecars Istio takes only the oldest of them; this one may be without effect.',
    ),
  ];
}
