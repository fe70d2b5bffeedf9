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

/** A copy of the object with another list of HTTP routes. */
export function withHttp<T extends object>(object: T, http: readonly unknown[]): T {
  const spec = at(object, 'spec');
  return { ...object, spec: { ...(typeof spec === 'object' ? spec : {}), http: [...http] } };
}
