import type { ProtectionForm } from '../../../model/protection.ts';
import type { ServiceKey } from '../../kit/connector.ts';
import { formSections } from '../../kit/formFields.ts';
import { type Content, isFor, overridesOf } from '../entryWrites/content.ts';
import { readHeld } from '../isolation/marker.ts';
import { yamlOf } from '../plan.ts';
import type { Registry } from '../registry.ts';
import { mapAt } from '../routes.ts';
import type { FieldSpec } from './fields.ts';
import {
  entryOfTarget,
  type FormTarget,
  idOf,
  partOf,
  refOfTarget,
  sectionsOf,
  startOf,
  targetsOf,
  titleOf,
} from './targets.ts';
import { valueOf } from './values.ts';

/** What could be declared for a service: a form for each caller, each route, and its failover. */
export async function readForms(
  registry: Registry,
  service: ServiceKey,
  signal: AbortSignal,
): Promise<ProtectionForm[]> {
  await registry.ready(signal);
  return targetsOf(registry, service).map((target) => formOf(registry, target));
}

function formOf(registry: Registry, target: FormTarget): ProtectionForm {
  const entry = entryOfTarget(registry, target);
  const content = startOf(target, entry);
  const part = partOf(target, content) ?? {};
  return {
    id: idOf(target),
    title: titleOf(target, content),
    document: refOfTarget(registry, entry),
    revision: entry?.modifyIndex ?? '',
    sections: formSections(sectionsOf(target), (field) => ({
      value: valueOf(part, field),
      whenUnset: whenUnset(target, content, field),
      trap: trapOf(target, content, field),
    })),
    yaml: yamlOf(content),
    readOnly: readOnlyOf(target, content),
  };
}

/** What an override does not say is said by the caller's defaults, a whole part at a time. */
function whenUnset(target: FormTarget, content: Content, field: FieldSpec): string {
  if (target.kind !== 'call') return field.whenUnset;
  const [part = ''] = field.key.split('.');
  const own = overridesOf(content).find(isFor(target.callee)) ?? {};
  if (own[part] !== undefined && own[part] !== null) return field.whenUnset;
  const value = valueOf(mapAt(mapAt(content, 'UpstreamConfig'), 'Defaults'), field);
  return value === null ? field.whenUnset : `${value}, as for all calls of ${target.caller}`;
}

function trapOf(target: FormTarget, content: Content, field: FieldSpec): string | null {
  const [part = ''] = field.key.split('.');
  const lost = target.kind === 'call' && replacedBy(target.callee, content, part) !== null;
  const more = lost ? `Any field set here replaces the whole ${part} of the defaults for these calls.` : null;
  const told = [more, field.trap].filter((one) => one !== null);
  return told.length === 0 ? null : told.join(' ');
}

/** The part of the caller's defaults that an override would take the place of as a whole; null where there is none. */
export function replacedBy(callee: string, content: Content, part: string): Content | null {
  const own = overridesOf(content).find(isFor(callee)) ?? {};
  const shared = mapAt(mapAt(mapAt(content, 'UpstreamConfig'), 'Defaults'), part);
  return own[part] !== undefined && own[part] !== null
    ? null
    : Object.keys(shared).length === 0
      ? null
      : shared;
}

/** Why a part of an entry cannot be changed by a form; null where it can. */
export function readOnlyOf(target: FormTarget, content: Content): string | null {
  if (target.kind === 'call') {
    const meta = new Map(Object.entries(mapAt(content, 'Meta')) as [string, string][]);
    const held = readHeld(meta).find(({ was }) => was.kind === 'limits' && was.callee === target.callee);
    return held === undefined
      ? null
      : `${held.by} holds a trip by these limits; its end puts back what was there before. End the trip first.`;
  }
  if (target.kind !== 'failover') return null;
  if (Object.keys(mapAt(content, 'Redirect')).length > 0)
    return `The service-resolver redirects ${target.service} as a whole, beside which there is no failover.`;
  const { Service: _, ServiceSubset: _subset, ...more } = mapAt(mapAt(content, 'Failover'), '*');
  const said = Object.entries(more).filter(([, value]) => value !== null && value !== '' && !isEmpty(value));
  return said.length === 0
    ? null
    : `Its failover says more than this form can (${said.map(([key]) => key).join(', ')}); edit the entry instead.`;
}

const isEmpty = (value: unknown): boolean =>
  typeof value === 'object' && Object.keys(value ?? {}).length === 0;
