import type { ProtectionForm } from '../../model/protection.ts';
import { type FieldSpec, formSections } from '../kit/formFields.ts';
import type { ServiceKey } from '../kit/connector.ts';
import { refOf } from '../kube/documents/change.ts';
import { contentOf, contentYaml } from '../kube/documents/content.ts';
import { ownershipOf, overwrites } from '../kube/documents/ownership.ts';
import { annotationsOf, type KubeObject, namespaceOf } from '../kube/objects.ts';
import { servicesOfRoute } from '../kube/routeParents.ts';
import { serviceOf } from '../kube/serviceHosts.ts';
import { accrual } from './annotations.ts';
import { sectionsFor } from './fields.ts';
import type { LinkerdWorld } from './linkerdWorld.ts';

const prefix = 'linkerd:';

/** Whether a form is one of these. */
export const isLinkerdForm = (formId: string): boolean => formId.startsWith(prefix);

/** What Linkerd can be told about a service: a form for the Service, and one for each route that hangs on it. */
export async function readForms(
  world: LinkerdWorld,
  service: ServiceKey,
  signal: AbortSignal,
): Promise<ProtectionForm[]> {
  await world.ready(signal);
  const own = service.hosts.map(serviceOf).find((one) => one !== null);
  const [namespace, name] = [own?.namespace ?? service.namespace ?? '', own?.name ?? service.name];
  const object = world.services.get(namespace, name);
  if (object === undefined) return [];
  return [object, ...world.routesOf(namespace, name)].map((document) => formOf(world, document));
}

/** The document that a form's id names, as it is watched; null when it is gone. */
export function findDocument(world: LinkerdWorld, formId: string): KubeObject | null {
  const isIt = ({ metadata }: KubeObject): boolean => formId === `${prefix}${metadata.uid}`;
  for (const service of world.services.all()) if (isIt(service)) return service;
  return world.routes().find(isIt) ?? null;
}

/** The services whose calls a document's annotations govern. */
export const governedBy = (document: KubeObject): { readonly namespace: string; readonly name: string }[] =>
  document.kind === 'Service'
    ? [{ namespace: namespaceOf(document), name: document.metadata.name }]
    : servicesOfRoute(document);

function formOf(world: LinkerdWorld, document: KubeObject): ProtectionForm {
  return {
    id: `${prefix}${document.metadata.uid}`,
    title: titleOf(document),
    document: refOf(world.host.connectionId, document),
    revision: document.metadata.resourceVersion,
    sections: formSections(sectionsFor(document.kind), (field) => ({
      value: valueOf(document, field),
      whenUnset: whenUnset(document, field),
      trap: field.trap,
    })),
    yaml: contentYaml(contentOf(document)),
    readOnly: readOnlyOf(world, document),
  };
}

const titleOf = ({ kind, metadata }: KubeObject): string =>
  kind === 'Service'
    ? `Linkerd: failure accrual, retries and time-outs of ${metadata.name}`
    : `Linkerd: retries and time-outs of ${kind} ${metadata.name}`;

/** What stands in a field now: a number where it is one, else the text as it is, however wrong. */
export function valueOf(document: KubeObject, field: FieldSpec): string | number | null {
  const text = annotationsOf(document).get(field.key);
  if (text === undefined) return null;
  return field.type === 'integer' && /^\d{1,10}$/.test(text.trim()) ? Number(text) : text;
}

/** Without the mode nothing of failure accrual counts, whatever its defaults are. */
function whenUnset(document: KubeObject, field: FieldSpec): string {
  const isPartOfAccrual = field.key !== accrual.mode && Object.values<string>(accrual).includes(field.key);
  return isPartOfAccrual && !annotationsOf(document).has(accrual.mode)
    ? `nothing; ${field.whenUnset} once failure-accrual is set`
    : field.whenUnset;
}

/** Why a document cannot be changed by a form; null where it can. */
export function readOnlyOf(world: LinkerdWorld, document: KubeObject): string | null {
  const ownership = ownershipOf(document, world.rollouts());
  if (ownership !== null && overwrites(ownership)) return ownership.consequence;
  const profile = blockingProfile(world, document);
  return profile === null ? null : ignoredBecause(profile);
}

/** A ServiceProfile that all callers of a governed service follow; null where there is none. */
export const blockingProfile = (world: LinkerdWorld, document: KubeObject): KubeObject | null =>
  governedBy(document).flatMap(({ namespace, name }) =>
    world.profilesOf(namespace, name).filter((profile) => namespaceOf(profile) === namespace),
  )[0] ?? null;

export const ignoredBecause = (profile: KubeObject): string =>
  `ServiceProfile ${namespaceOf(profile)}/${profile.metadata.name} is there: while it is, Linkerd ignores these annotations, and routes of the service too.`;
