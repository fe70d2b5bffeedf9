import type { Guard } from '../../../model/change.ts';
import type { GreyMatch } from '../../../model/operation.ts';
import { at } from '../../kube/objects.ts';
import { siblingsOf } from '../expectation.ts';
import { siblingGuard } from '../guards.ts';
import { readHeld } from '../isolation/marker.ts';
import type { Mesh } from '../mesh.ts';
import type { Fresh } from '../plan.ts';
import { routesOf } from '../routes.ts';
import { readSplits } from '../splits.ts';
import { shadowOf } from './shadow.ts';

/** Earlier routes that take some or all of the requests that the new one is meant for. */
export function shadowGuards({ document, route }: Fresh, made: object): Guard[] {
  const earlier = routesOf(document).filter((one) => one.protocol === 'http' && one.index < route.index);
  const all = earlier.find((one) => shadowOf(one.raw, made) === 'all');
  if (all !== undefined)
    return [
      {
        id: 'shadowed',
        verdict: 'block',
        title: `Route “${all.title}” takes these requests first`,
        detail: `Routes are tried in order, and it stands before: ${all.match}.`,
      },
    ];
  const some = earlier.filter((one) => shadowOf(one.raw, made) === 'some');
  if (some.length === 0)
    return [
      { id: 'shadowed', verdict: 'pass', title: 'No earlier route takes these requests', detail: null },
    ];
  return [
    {
      id: 'shadowed',
      verdict: 'tick',
      title: `Requests that also fit ${some.map((one) => `“${one.title}”`).join(', ')} go there`,
      detail: `Routes are tried in order: ${some.map((one) => `“${one.title}” takes ${one.match}`).join('; ')}.`,
    },
  ];
}

/** Which proxies follow the document at all, and what else holds it. */
export function documentGuards(
  mesh: Mesh,
  { document, route, split }: Fresh,
  match: GreyMatch | null,
): Guard[] {
  const guards: Guard[] = [...siblingGuard(siblingsOf(split, readSplits(mesh)))];
  if (match !== null && match.caller !== null && !split.gateways.includes('mesh'))
    guards.push({
      id: 'gateways',
      verdict: 'block',
      title: 'No caller’s own proxy follows this document',
      detail: `It is for ${split.gateways.join(', ')} only: a condition on the caller would look at the gateway instead.`,
    });
  if (at(route.raw, 'fault') !== undefined || readHeld(document).held.length > 0)
    guards.push({
      id: 'held',
      verdict: 'block',
      title: 'Calls on this route are held or get faults now',
      detail: 'A new route beside it would let some of them through. End the trip or the fault first.',
    });
  return guards;
}

/** Requests that are copied are done. */
export const mirrorGuard = (subject: string): Guard => ({
  id: 'mirrored-writes',
  verdict: 'tick',
  title: 'Mirrored requests are real requests',
  detail: `Whatever they do is done twice: payments, orders, mails. Only their answers are thrown away. Mirror ${subject} only if that is harmless.`,
});
