import { annotationsOf, at, type KubeObject } from '../../kube/objects.ts';

const restartedAt = 'kubectl.kubernetes.io/restartedAt';

/** The workload with one more note on its template, so that all instances are replaced; as kubectl does it. */
export function restarted(workload: KubeObject, now: number): KubeObject {
  const template = mapOf(at(workload, 'spec', 'template'));
  const metadata = mapOf(template['metadata']);
  const annotations = { ...mapOf(metadata['annotations']), [restartedAt]: new Date(now).toISOString() };
  return withSpec(workload, { template: { ...template, metadata: { ...metadata, annotations } } });
}

/** The workload with these fields of its specification; an undefined one is taken away. */
export function withSpec(workload: KubeObject, fields: Readonly<Record<string, unknown>>): KubeObject {
  const merged = Object.entries({ ...mapOf(workload['spec']), ...fields });
  return { ...workload, spec: Object.fromEntries(merged.filter(([, value]) => value !== undefined)) };
}

/** The object with one annotation set, or taken away where the value is null. */
export function withAnnotation(object: KubeObject, key: string, value: string | null): KubeObject {
  const rest = [...annotationsOf(object)].filter(([other]) => other !== key);
  const { annotations: _, ...metadata } = object.metadata;
  const all = value === null ? rest : [...rest, [key, value] as const];
  return {
    ...object,
    metadata: { ...metadata, ...(all.length === 0 ? {} : { annotations: Object.fromEntries(all) }) },
  };
}

/** A map of the document, or an empty one where there is none. */
export const mapOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : {};
