import { isDeepStrictEqual } from 'node:util';
import type { PatchStep } from '../../model/change.ts';
import type { Weights } from '../kit/splitGuards.ts';
import { at, type KubeObject } from '../kube/objects.ts';
import type { Route } from './routes.ts';

/**
 * The write: nothing but the weights that change, after tests that this is still the document, the route and the
 * destinations that were looked at. The revision alone would do; the rest keeps a copied patch from hitting a wrong route.
 */
export function weightSteps(document: KubeObject, route: Route, wanted: Weights): PatchStep[] {
  return [
    { op: 'test', path: '/metadata/uid', value: document.metadata.uid },
    { op: 'test', path: '/metadata/resourceVersion', value: document.metadata.resourceVersion },
    ...routeSteps(
      route,
      route.destinations.map((one) => one.weight),
      wanted,
    ),
  ];
}

/** The way back, from any later revision of the same document in which the weights are still those written. */
export function inverseSteps(document: KubeObject, route: Route, wanted: Weights): PatchStep[] {
  return [
    { op: 'test', path: '/metadata/uid', value: document.metadata.uid },
    ...routeSteps(
      route,
      wanted,
      route.destinations.map((one) => one.weight),
    ),
  ];
}

function routeSteps(route: Route, from: Weights, to: Weights): PatchStep[] {
  const base = `/spec/${route.protocol}/${route.index}`;
  const name = at(route.raw, 'name');
  const match = at(route.raw, 'match');
  const identity: PatchStep[] = [
    ...(name === undefined ? [] : [{ op: 'test' as const, path: `${base}/name`, value: name }]),
    ...(match === undefined ? [] : [{ op: 'test' as const, path: `${base}/match`, value: match }]),
  ];
  const tests = route.destinations.flatMap((one, position): PatchStep[] => {
    const path = `${base}/route/${one.index}`;
    const weight = from[position] ?? null;
    return [
      { op: 'test', path: `${path}/destination`, value: at(route.raw, 'route', one.index, 'destination') },
      // RFC 6902 has no way to test that something is absent.
      ...(weight === null ? [] : [{ op: 'test' as const, path: `${path}/weight`, value: weight }]),
    ];
  });
  const writes = route.destinations.flatMap((one, position): PatchStep[] => {
    const path = `${base}/route/${one.index}/weight`;
    const before = from[position] ?? null;
    const after = to[position] ?? null;
    if (before === after) return [];
    if (after === null) return [{ op: 'remove', path }];
    return [{ op: before === null ? 'add' : 'replace', path, value: after }];
  });
  return [...identity, ...tests, ...writes];
}

/** The specification with other weights in one route; everything else as it was. */
export function withWeights(document: KubeObject, route: Route, wanted: Weights): unknown {
  const spec: unknown = structuredClone(document['spec']);
  const routes = at(spec, route.protocol, route.index, 'route');
  if (!Array.isArray(routes)) return spec;
  wanted.forEach((weight, position) => {
    const one: unknown = routes[route.destinations[position]?.index ?? position];
    if (typeof one !== 'object' || one === null) return;
    if (weight === null) Reflect.deleteProperty(one, 'weight');
    else Reflect.set(one, 'weight', weight);
  });
  return spec;
}

/** Whether two specifications are the same document, whatever the order of their keys. */
export const sameSpec = (a: unknown, b: unknown): boolean => isDeepStrictEqual(a, b);
