import { at } from '../../kube/objects.ts';

/** A copy of the object with one annotation set, or without it; an empty map of annotations goes too. */
export function annotate<T extends { readonly metadata: object }>(
  object: T,
  name: string,
  value: string | null,
): T {
  const { annotations: before, ...metadata } = object.metadata as { readonly annotations?: unknown };
  const kept = typeof before === 'object' && before !== null ? Object.entries(before) : [];
  const others = kept.filter(([key]) => key !== name);
  const entries = value === null ? others : [...others, [name, value] as const];
  const annotations = entries.length === 0 ? {} : { annotations: Object.fromEntries(entries) };
  return { ...object, metadata: { ...metadata, ...annotations } };
}

/** A copy of the object with another list of HTTP routes; an empty list goes. */
export function withHttp<T extends object>(object: T, http: readonly unknown[]): T {
  const { http: _, ...spec } = Object(at(object, 'spec')) as Record<string, unknown>;
  return { ...object, spec: { ...spec, ...(http.length === 0 ? {} : { http: [...http] }) } };
}
