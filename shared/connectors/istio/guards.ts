import type { Guard } from '../../model/change.ts';
import type { Split } from '../../model/weights.ts';
import { guardOf as guard } from '../kit/splitGuards.ts';
import { ownerNames } from '../kube/documents/ownership.ts';

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
