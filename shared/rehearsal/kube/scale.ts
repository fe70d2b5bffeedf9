import { namespaceOf, type ObjectCall, subjectOf } from './call.ts';
import { isRecord } from './jsonPatch.ts';
import { patched } from './patch.ts';
import { sendJson } from './reply.ts';
import { badRequest, conflict, methodNotAllowed, notFound } from './status.ts';
import type { KubeObject } from './store.ts';
import { jsonBody, writeAsked } from './writeOptions.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Reads and writes how many instances a workload shall have, through its `scale` subresource. */
export async function scale(call: ObjectCall): Promise<void> {
  if (call.verb === 'get') return sendJson(call.reply, 200, scaleOf(workload(call)));
  const change = await changeOf(call);
  const current = workload(call);
  const wanted = change(scaleOf(current));
  const spec = isRecord(wanted) && isRecord(wanted['spec']) ? wanted['spec'] : {};
  const metadata = isRecord(wanted) && isRecord(wanted['metadata']) ? wanted['metadata'] : {};
  const { replicas = 0 } = spec;
  if (typeof replicas !== 'number' || !Number.isInteger(replicas) || replicas < 0) {
    throw badRequest(`spec.replicas must be a whole number, not ${JSON.stringify(replicas)}`);
  }
  const revision = metadata['resourceVersion'];
  if (typeof revision === 'string' && revision !== '' && revision !== current.metadata.resourceVersion) {
    throw conflict(subjectOf(call));
  }
  const asked = writeAsked(call);
  const scaled = { ...current, spec: { ...fieldsOf(current['spec']), replicas } };
  const options = { manager: asked.manager };
  const stored = asked.dryRun ? call.store.preview(scaled, options) : call.store.put(scaled, options);
  sendJson(call.reply, 200, scaleOf(stored));
}

async function changeOf(call: ObjectCall): Promise<(document: unknown) => unknown> {
  if (call.verb === 'patch') return patched(call);
  if (call.verb !== 'update') throw methodNotAllowed();
  const body = await jsonBody(call, ['application/json'], 'unable to read the scale: ');
  return () => body;
}

function workload(call: ObjectCall): KubeObject {
  const found = call.store.get(call.resource.plural, namespaceOf(call), call.address.name ?? '');
  if (found === undefined) throw notFound(subjectOf(call));
  return found;
}

function scaleOf(object: KubeObject): Fields {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const spec = fieldsOf(object['spec']);
  const labels = Object.entries(fieldsOf(fieldsOf(spec['selector'])['matchLabels']));
  const selector = labels
    .map(([key, value]) => `${key}=${String(value)}`)
    .toSorted()
    .join(',');
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    // A workload that names no number gets one.
    spec: { replicas: spec['replicas'] ?? 1 },
    status: { replicas: fieldsOf(object['status'])['replicas'] ?? 0, selector },
  };
}

const fieldsOf = (value: unknown): Fields => (isRecord(value) ? value : {});
