import { isRecord, setOwn } from './jsonPatch.ts';

/** Applies an RFC 7396 merge patch: maps merge, null deletes, everything else replaces. */
export function applyMergePatch(target: unknown, patch: unknown): unknown {
  return merge(target, patch, () => undefined);
}

/** Applies a strategic merge patch to a built-in kind: as a merge patch, but known lists merge by the key of their elements. */
export function applyStrategicMerge(target: unknown, patch: unknown): unknown {
  return merge(target, patch, (field) => mergeKeys[field]);
}

const mergeKeys: Readonly<Record<string, string | undefined>> = {
  containers: 'name',
  initContainers: 'name',
  ephemeralContainers: 'name',
  env: 'name',
  volumes: 'name',
  volumeMounts: 'mountPath',
  imagePullSecrets: 'name',
  ownerReferences: 'uid',
  conditions: 'type',
};

type MergeKeyOf = (field: string) => string | undefined;

function merge(target: unknown, patch: unknown, mergeKeyOf: MergeKeyOf): unknown {
  if (!isRecord(patch)) return structuredClone(patch);
  const result: Record<string, unknown> = isRecord(target) ? { ...target } : {};
  for (const [field, value] of Object.entries(patch)) {
    const keyName = mergeKeyOf(field);
    if (value === null) delete result[field];
    else if (keyName !== undefined && Array.isArray(value)) {
      const old = Object.hasOwn(result, field) ? result[field] : undefined;
      setOwn(result, field, mergeLists(Array.isArray(old) ? old : [], value, keyName, mergeKeyOf));
    } else
      setOwn(
        result,
        field,
        merge(Object.hasOwn(result, field) ? result[field] : undefined, value, mergeKeyOf),
      );
  }
  return result;
}

function mergeLists(
  old: readonly unknown[],
  patch: readonly unknown[],
  keyName: string,
  mergeKeyOf: MergeKeyOf,
): readonly unknown[] {
  if (patch.some((element) => isRecord(element) && element['$patch'] === 'replace')) {
    return patch
      .filter((element) => !(isRecord(element) && '$patch' in element))
      .map((element) => structuredClone(element));
  }
  const result = [...old];
  for (const element of patch) {
    const key = isRecord(element) ? element[keyName] : undefined;
    const at = result.findIndex((candidate) => isRecord(candidate) && candidate[keyName] === key);
    if (isRecord(element) && element['$patch'] === 'delete') {
      if (at >= 0) result.splice(at, 1);
    } else if (at < 0) result.push(merge(undefined, element, mergeKeyOf));
    else result[at] = merge(result[at], element, mergeKeyOf);
  }
  return result;
}
