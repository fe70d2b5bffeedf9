import { z } from 'zod';
import type { DocumentRef } from '../../../model/entity.ts';
import type { Section } from '../../kit/formFields.ts';
import type { ServiceKey } from '../../kit/connector.ts';
import { alike } from '../entryWrites/alike.ts';
import {
  type Content,
  contentOrNew,
  isFor,
  listOf,
  overridesOf,
  withOverrides,
} from '../entryWrites/content.ts';
import type { EntryKind } from '../api.ts';
import type { Entry } from '../entries.ts';
import type { Registry } from '../registry.ts';
import { mapAt, type RouterRoute, routesIn, sayRoute, takesAll } from '../routes.ts';
import { callersOf, serviceOf } from '../services.ts';
import { refOf } from '../splits.ts';
import { callSections, failoverSections, type FieldSpec, routeSections } from './fields.ts';

const name = z.string().min(1).max(200);
const FormTarget = z.discriminatedUnion('kind', [
  /** Of a caller, for its calls to one service. */
  z.object({ kind: z.literal('call'), caller: name, callee: name }),
  /** Of a caller, for all services that have nothing of their own. */
  z.object({ kind: z.literal('defaults'), caller: name }),
  /** One route of a service-router, which asks for this of a request. */
  z.object({ kind: z.literal('route'), service: name, index: z.number().int(), asks: z.string().max(300) }),
  /** The calls that no route singles out, where no route is for them yet. */
  z.object({ kind: z.literal('everyCall'), service: name }),
  z.object({ kind: z.literal('failover'), service: name }),
]);
/** The part of an entry that one form is about. */
export type FormTarget = z.infer<typeof FormTarget>;

/** Everything that declares, or could declare, what protects the calls to a service and those that it makes. */
export function targetsOf(registry: Registry, { hosts }: ServiceKey): FormTarget[] {
  const service = hosts.map((host) => serviceOf(registry, host)).find((one) => one !== null);
  return service === undefined || service === null ? [] : targetsOfService(registry, service);
}

function targetsOfService(registry: Registry, service: string): FormTarget[] {
  const callers = callersOf(registry, service);
  const calls = (registry.catalog.value?.all ?? []).some(
    ({ proxyOf }) => proxyOf?.service === service && proxyOf.upstreams.length > 0,
  );
  const router = entryOf(registry, 'service-router', service);
  const routes = routesIn(router?.content ?? {});
  return [
    ...callers.map((caller): FormTarget => ({ kind: 'call', caller, callee: service })),
    ...routes.map((route): FormTarget => ({
      kind: 'route',
      service,
      index: route.index,
      asks: asksOf(route),
    })),
    ...(routes.some(takesAll) ? [] : [{ kind: 'everyCall' as const, service }]),
    { kind: 'failover', service },
    ...(calls ? [{ kind: 'defaults' as const, caller: service }] : []),
  ];
}

const entryOf = (registry: Registry, kind: EntryKind, name: string): Entry | undefined =>
  registry.entries(kind).find((one) => one.name === name);

export const entryOfTarget = (registry: Registry, target: FormTarget): Entry | null => {
  const { kind, name } = documentOf(target);
  return entryOf(registry, kind, name) ?? null;
};

/** A route is known by what it asks for: at the same place may stand another one by now. */
const asksOf = ({ http }: RouterRoute): string => JSON.stringify(http).slice(0, 300);

export const idOf = (target: FormTarget): string => JSON.stringify(target);

/** What a form's id says, whether it can still be written or not. */
export function targetIn(id: string): FormTarget | null {
  try {
    return FormTarget.safeParse(JSON.parse(id)).data ?? null;
  } catch {
    return null;
  }
}

/** The target that a form's id names; null where there is none such now. */
export function targetOfId(registry: Registry, id: string): FormTarget | null {
  const said = targetIn(id);
  const service = said === null ? null : (calleeOf(said) ?? ('caller' in said ? said.caller : null));
  if (service === null) return null;
  return targetsOfService(registry, service).find((one) => idOf(one) === id) ?? null;
}

/** Which entry a target is in. */
export function documentOf(target: FormTarget): { readonly kind: EntryKind; readonly name: string } {
  switch (target.kind) {
    case 'call':
    case 'defaults':
      return { kind: 'service-defaults', name: target.caller };
    case 'route':
    case 'everyCall':
      return { kind: 'service-router', name: target.service };
    case 'failover':
      return { kind: 'service-resolver', name: target.service };
  }
}

export const refOfTarget = (registry: Registry, entry: Entry | null): DocumentRef | null =>
  entry === null ? null : refOf(registry, entry);

export function sectionsOf({ kind }: FormTarget): readonly Section<FieldSpec>[] {
  switch (kind) {
    case 'call':
    case 'defaults':
      return callSections;
    case 'route':
    case 'everyCall':
      return routeSections;
    case 'failover':
      return failoverSections;
  }
}

/** The service whose calls a target governs; null for those of every service. */
export const calleeOf = (target: FormTarget): string | null =>
  target.kind === 'call' ? target.callee : target.kind === 'defaults' ? null : target.service;

export function titleOf(target: FormTarget, content: Content): string {
  switch (target.kind) {
    case 'call':
      return `Limits and ejection for calls of ${target.caller} to ${target.callee}`;
    case 'defaults':
      return `Limits and ejection for all other calls of ${target.caller}`;
    case 'route': {
      const route = routesIn(content)[target.index];
      const asked = route === undefined ? '' : sayRoute(route);
      return `Time-out and retries of ${target.service} where ${asked}`;
    }
    case 'everyCall':
      return `Time-out and retries of ${target.service} for all ${routesIn(content).length === 0 ? '' : 'other '}requests`;
    case 'failover':
      return `Failover of ${target.service}`;
  }
}

/** What of an entry holds the target's fields; null where the target is gone from it. */
export function partOf(target: FormTarget, content: Content): Content | null {
  switch (target.kind) {
    case 'call':
      return overridesOf(content).find(isFor(target.callee)) ?? {};
    case 'defaults':
      return mapAt(mapAt(content, 'UpstreamConfig'), 'Defaults');
    case 'route': {
      const route = routesIn(content)[target.index];
      return route !== undefined && asksOf(route) === target.asks ? route.destination : null;
    }
    case 'everyCall':
      return routesIn(content).some(takesAll) ? null : {};
    case 'failover':
      return mapAt(mapAt(content, 'Failover'), '*');
  }
}

/** The whole entry with another part. */
export function withPart(target: FormTarget, content: Content, part: Content): Content {
  switch (target.kind) {
    case 'call': {
      const overrides = overridesOf(content);
      const { Name: _, ...rest } = part;
      const own = alike(rest, {}) ? [] : [{ ...part, Name: target.callee }];
      const at = overrides.findIndex(isFor(target.callee));
      return withOverrides(content, at < 0 ? [...overrides, ...own] : overrides.toSpliced(at, 1, ...own));
    }
    case 'defaults': {
      const { Defaults: _, ...others } = mapAt(content, 'UpstreamConfig');
      const next = alike(part, {}) ? others : { ...others, Defaults: part };
      return replaced(content, 'UpstreamConfig', next);
    }
    case 'route':
    case 'everyCall': {
      const routes = listOf(content['Routes']);
      if (target.kind === 'everyCall') return { ...content, Routes: [...routes, { Destination: part }] };
      const raw = routes[target.index] ?? {};
      const route = { ...raw, Destination: part };
      // A route for all calls that asks nothing more of them is what holds without it.
      const idle = alike(part, {}) && target.asks === '{}';
      return { ...content, Routes: routes.toSpliced(target.index, 1, ...(idle ? [] : [route])) };
    }
    case 'failover': {
      const { '*': _, ...others } = mapAt(content, 'Failover');
      return replaced(content, 'Failover', alike(part, {}) ? others : { ...others, '*': part });
    }
  }
}

function replaced(content: Content, key: string, map: Content): Content {
  const { [key]: _, ...rest } = content;
  return Object.keys(map).length === 0 ? rest : { ...rest, [key]: map };
}

/** The entry before any of the target's fields is set. */
export const startOf = (target: FormTarget, entry: Entry | null): Content => {
  const { kind, name } = documentOf(target);
  return contentOrNew(entry, kind, name);
};
