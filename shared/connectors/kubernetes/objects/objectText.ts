import { stringify } from 'yaml';
import type { ObjectText } from '../../../model/objectText.ts';
import { type KubeObject, mapAt, withoutManagedFields } from '../../kube/objects.ts';

const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

/** An object as text. Of a Secret only the keys are in it: its values, and the annotation that repeats them, are covered. */
export function objectText(object: KubeObject, withManagedFields: boolean): ObjectText {
  const notes: string[] = [];
  const isSecret = object.kind === 'Secret' && object.apiVersion === 'v1';
  if (isSecret) notes.push('The values are covered. Config shows one when it is asked for.');
  const open = isSecret ? covered(object) : object;
  const folded = withManagedFields ? open : withoutManagedFields(open);
  return { yaml: yamlOf(folded), notes };
}

/** Text of anything, without anchors, however long its lines are. */
export const yamlOf = (value: unknown): string =>
  stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });

function covered(secret: KubeObject): KubeObject {
  const cover = (field: 'data' | 'stringData') => {
    const values = mapAt(secret, field);
    if (values.size === 0) return {};
    // Base64 of n bytes; what was not yet encoded is as long as it is.
    const bytes = (text: string): number =>
      field === 'data' ? Buffer.from(text, 'base64').length : Buffer.byteLength(text);
    return {
      [field]: Object.fromEntries([...values].map(([key, text]) => [key, `(covered, ${bytes(text)} bytes)`])),
    };
  };
  const annotations = mapAt(secret, 'metadata', 'annotations');
  const metadata = annotations.has(lastApplied)
    ? { ...secret.metadata, annotations: { ...Object.fromEntries(annotations), [lastApplied]: '(covered)' } }
    : secret.metadata;
  return { ...secret, metadata, ...cover('data'), ...cover('stringData') };
}
