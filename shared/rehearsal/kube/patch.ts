import type { ObjectCall } from './call.ts';
import { applyJsonPatch, isRecord } from './jsonPatch.ts';
import { applyMergePatch, applyStrategicMerge } from './mergePatch.ts';
import { badRequest } from './status.ts';
import { jsonBody, mediaTypeOf } from './writeOptions.ts';

const jsonPatch = 'application/json-patch+json';
const mergePatch = 'application/merge-patch+json';
const strategicMerge = 'application/strategic-merge-patch+json';

/** Reads the patch in the body and gives back what it does to a document; apply patches are honestly refused with 415. */
export async function patched(call: ObjectCall): Promise<(document: unknown) => unknown> {
  // Custom resources have no strategic merge on a real server either.
  const accepted = call.resource.custom ? [jsonPatch, mergePatch] : [jsonPatch, mergePatch, strategicMerge];
  const type = mediaTypeOf(call);
  const body = await jsonBody(call, type === '' ? [] : accepted, 'error decoding patch: ');
  if (type === jsonPatch) return (document) => applyJsonPatch(document, body);
  if (!isRecord(body)) throw badRequest('error decoding patch: the patch is not an object');
  return (document) =>
    type === mergePatch ? applyMergePatch(document, body) : applyStrategicMerge(document, body);
}
