import type { ProtectionForm } from '../../../model/protection.ts';
import type { ServiceKey } from '../../kit/connector.ts';
import { formSections, type Section } from '../../kit/formFields.ts';
import { contentOf, contentYaml } from '../../kube/documents/content.ts';
import { ownershipOf } from '../../kube/documents/ownership.ts';
import { at, type KubeObject, numberAt, textAt } from '../../kube/objects.ts';
import { shortName } from '../../kube/serviceHosts.ts';
import type { Mesh } from '../mesh.ts';
import { refOf } from '../splits.ts';
import { type FieldSpec, policySections, routeSections } from './fields.ts';
import { skeletonOf } from './newDocuments.ts';
import { baseOf, type FormTarget, hostOf, isNew, targetsOf } from './targets.ts';

/** What could be declared for a service, a form for each document, subset and route. */
export async function readForms(
  mesh: Mesh,
  service: ServiceKey,
  signal: AbortSignal,
): Promise<ProtectionForm[]> {
  await mesh.ready(signal);
  return targetsOf(mesh, service).map((target) => formOf(mesh, target));
}

export const sectionsOf = ({ kind }: Pick<FormTarget, 'kind'>): readonly Section<FieldSpec>[] =>
  kind === 'rule' || kind === 'newRule' ? policySections : routeSections;

/** What stands in a field now; null where nothing does. */
export function valueOf(document: object, target: FormTarget, key: string): string | number | null {
  const path = [...baseOf(target), ...key.split('.')];
  return numberAt(document, ...path) ?? textAt(document, ...path);
}

function formOf(mesh: Mesh, target: FormTarget): ProtectionForm {
  const document = isNew(target) ? skeletonOf(mesh, target) : target.document;
  return {
    id: target.id,
    title: titleOf(target),
    document: isNew(target) ? null : refOf(mesh, target.document),
    revision: isNew(target) ? '' : target.document.metadata.resourceVersion,
    sections: formSections(sectionsOf(target), (field) => ({
      value: valueOf(document, target, field.key),
      whenUnset: whenUnset(document, target, field),
      trap: trapOf(target, field),
    })),
    yaml: isNew(target)
      ? contentYaml({ ...skeletonOf(mesh, target) })
      : contentYaml(contentOf(target.document)),
    readOnly: isNew(target) ? null : readOnlyOf(mesh, target.document, hostOf(target)),
  };
}

/** "Limits and ejection for payment, subset v1". */
function titleOf(target: FormTarget): string {
  const name = shortName(hostOf(target));
  switch (target.kind) {
    case 'rule':
      return target.subset === null
        ? `Limits and ejection for ${name}`
        : `Limits and ejection for ${name}, subset ${target.subset.name}`;
    case 'route':
      return `Time-out and retries of route “${target.route.title}” (${target.route.match})`;
    case 'newRule':
      return `Limits and ejection for ${name}: a new DestinationRule`;
    case 'newRoutes':
      return `Time-out and retries for ${name}: a new VirtualService`;
  }
}

function whenUnset(document: object, target: FormTarget, field: FieldSpec): string {
  if (target.kind === 'rule' && target.subset !== null) {
    const part = field.key.split('.')[1] ?? '';
    const own = at(document, ...baseOf(target), 'trafficPolicy', part);
    const host = at(document, 'spec', ...field.key.split('.'));
    if (own === undefined && (typeof host === 'number' || typeof host === 'string'))
      return `${host}, as for all of ${shortName(hostOf(target))}`;
    if (own === undefined && at(document, 'spec', 'trafficPolicy', part) !== undefined)
      return field.whenUnset;
    if (own === undefined) return unsetPart(part, field);
    return field.whenUnset;
  }
  const part = field.key.split('.')[1] ?? '';
  const missing = at(document, ...baseOf(target), 'trafficPolicy', part) === undefined;
  return missing ? unsetPart(part, field) : field.whenUnset;
}

/** Without any field of ejection there is none, whatever its defaults are. */
const unsetPart = (part: string, field: FieldSpec): string =>
  part === 'outlierDetection'
    ? `nothing is ejected; ${field.whenUnset} once a field here is set`
    : field.whenUnset;

function trapOf(target: FormTarget, field: FieldSpec): string | null {
  const traps = [field.trap];
  if (target.kind === 'route' && at(target.route.raw, 'fault') !== undefined)
    traps.unshift('This route injects faults, which switches off time-out and retries for all its calls.');
  if (target.kind === 'rule' && target.subset !== null) {
    const part = field.key.split('.')[1] ?? '';
    const own = at(target.document, ...baseOf(target), 'trafficPolicy', part);
    if (own === undefined && at(target.document, 'spec', 'trafficPolicy', part) !== undefined)
      traps.unshift(`Any field set here replaces the whole ${part} of the rule for this subset.`);
  }
  const told = traps.filter((trap) => trap !== null);
  return told.length === 0 ? null : told.join(' ');
}

/** Why a document cannot be changed by a form; null where it can. */
export function readOnlyOf(mesh: Mesh, document: KubeObject, host: string): string | null {
  const ownership = ownershipOf(document, mesh.rollouts());
  if (ownership?.owner === 'flagger' || ownership?.owner === 'controller') return ownership.consequence;
  if (host.startsWith('*'))
    return `This rule is for ${host}, not for this service alone; edit its text if that is meant.`;
  return null;
}
