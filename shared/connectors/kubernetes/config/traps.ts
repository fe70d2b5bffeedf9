import type { Guard } from '../../../model/change.ts';
import { at, type KubeObject } from '../../kube/objects.ts';
import { mapOf } from '../workloads/template.ts';

/** Limits of a DestinationRule that the edit makes 0: to Istio that is “not set”, and so no limit at all. */
export function limitGuards(before: KubeObject, after: KubeObject): Guard[] {
  if (after.kind !== 'DestinationRule' || !after.apiVersion.startsWith('networking.istio.io/')) return [];
  const made = zeroLimits(after['spec'], []).filter((path) => at(before['spec'], ...path) !== 0);
  if (made.length === 0) return [];
  return [
    {
      id: 'zero-limit',
      verdict: 'tick',
      title: `0 = unlimited: ${made.map((path) => path.join('.')).join(', ')}`,
      detail: 'Istio takes 0 for “not set”: the limit is gone, not at its lowest. Write 1 for the lowest.',
    },
  ];
}

function zeroLimits(value: unknown, path: readonly (string | number)[]): (readonly (string | number)[])[] {
  if (value === 0) return path.includes('connectionPool') ? [path] : [];
  if (Array.isArray(value)) return value.flatMap((one, index) => zeroLimits(one, [...path, index]));
  return Object.entries(mapOf(value)).flatMap(([key, one]) => zeroLimits(one, [...path, key]));
}
