import { admit, type Webhook } from './admission.ts';
import { causesAgainst } from './builtIns.ts';
import { kindSubjectOf, namespaceOf, type ObjectCall, subjectOf } from './call.ts';
import { withDefaults } from './defaults.ts';
import { isRecord } from './jsonPatch.ts';
import { patched } from './patch.ts';
import { formOf, shown } from './representation.ts';
import { sendJson } from './reply.ts';
import { apiVersionOf, storedApiVersion } from './resources.ts';
import { alreadyExists, badRequest, conflict, invalid, notFound } from './status.ts';
import type { KubeInput, KubeObject } from './store.ts';
import { markDeleted } from './termination.ts';
import { nameOf, validated } from './validate.ts';
import { jsonBody, type WriteAsked, writeAsked } from './writeOptions.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Creates an object from the body. */
export async function create(call: ObjectCall, webhook: Webhook): Promise<void> {
  const asked = writeAsked(call);
  const body = await objectBody(call);
  const { store, resource } = call;
  const namespace = namespaceOf(call);
  if (namespace !== null && store.get('namespaces', null, namespace) === undefined) {
    throw notFound({ group: '', resource: 'namespaces', name: namespace });
  }
  const name = nameOf(body, call);
  if (store.get(resource.plural, namespace, name) !== undefined) throw alreadyExists(subjectOf(call, name));
  const { status: _status, ...rest } = body;
  commit(
    call,
    asked,
    webhook,
    { ...(resource.subresources.includes('status') ? rest : body) },
    name,
    undefined,
  );
}

/** Replaces an object by the body. */
export async function update(call: ObjectCall, webhook: Webhook): Promise<void> {
  const asked = writeAsked(call);
  const body = await objectBody(call);
  const current = existing(call);
  const name = nameOf(body, call);
  if (name !== call.address.name) {
    throw badRequest(
      `the name of the object (${name}) does not match the name on the URL (${call.address.name})`,
    );
  }
  const revision = fieldsOf(body['metadata'])['resourceVersion'];
  if (call.resource.custom && (revision === undefined || revision === '')) {
    const message = 'Invalid value: 0: must be specified for an update';
    throw invalid(subjectOf(call), [
      { reason: 'FieldValueInvalid', message, field: 'metadata.resourceVersion' },
    ]);
  }
  commit(call, asked, webhook, merged(call, current, body), name, current);
}

/** Changes an object by a patch. */
export async function patch(call: ObjectCall, webhook: Webhook): Promise<void> {
  const asked = writeAsked(call);
  const change = await patched(call);
  // Read only now: nothing may come between this read and the write.
  const current = existing(call);
  const { address } = call;
  const result = change({ ...current, apiVersion: apiVersionOf(address.group, address.version) });
  if (!isRecord(result) || !isRecord(result['metadata']))
    throw badRequest('the patched document is not an object');
  const name = result['metadata']['name'];
  if (name !== address.name) {
    throw badRequest(
      `the name of the object (${String(name)}) does not match the name on the URL (${address.name})`,
    );
  }
  commit(call, asked, webhook, merged(call, current, result), address.name ?? '', current);
}

/** Deletes an object; preconditions in the body fence it. */
export async function remove(call: ObjectCall): Promise<void> {
  const text = (await call.body()).toString();
  const options =
    text === ''
      ? {}
      : fieldsOf(await jsonBody(call, ['application/json'], 'unable to read the options of the delete: '));
  const current = existing(call);
  const { uid, resourceVersion } = fieldsOf(options['preconditions']);
  const mismatch = (what: string, asked: unknown, held: string, since: string): Error => {
    const told = `the ${what} in the precondition (${String(asked)}) does not match the ${what} in record (${held})`;
    return conflict(kindSubjectOf(call), `${told}. The object might have been ${since}`);
  };
  const held = current.metadata;
  if (uid !== undefined && uid !== held.uid)
    throw mismatch('UID', uid, held.uid, 'deleted and then recreated');
  if (resourceVersion !== undefined && resourceVersion !== held.resourceVersion) {
    throw mismatch('ResourceVersion', resourceVersion, held.resourceVersion, 'modified');
  }
  const dry = call.query.getAll('dryRun').includes('All') || listOf(options['dryRun']).includes('All');
  const left = dry ? current : removed(call, current, options['gracePeriodSeconds']);
  const { name, group, resource: kind } = subjectOf(call);
  const details = { name, ...(group === '' ? {} : { group }), kind, uid: current.metadata.uid };
  // A few built-in kinds answer with what was deleted, all others with a Status.
  const { address } = call;
  const answer = ['namespaces', 'pods', 'services'].includes(call.resource.plural)
    ? shown(left, address.group, address.version, 'whole')
    : { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details };
  sendJson(call.reply, 200, answer);
}

/** Takes the object away; a pod that runs somewhere is only marked, and its kubelet ends it. */
function removed(call: ObjectCall, current: KubeObject, graceSeconds: unknown): KubeObject {
  if (call.resource.plural === 'pods')
    return markDeleted(
      call.store,
      current,
      call.now(),
      typeof graceSeconds === 'number' ? graceSeconds : undefined,
      writeAsked(call).manager,
    );
  call.store.remove(call.resource.plural, namespaceOf(call), current.metadata.name);
  return current;
}

function commit(
  call: ObjectCall,
  asked: WriteAsked,
  webhook: Webhook,
  body: Fields,
  name: string,
  current: KubeObject | undefined,
): void {
  const form = formOf(call.headers.accept);
  const warnings: string[] = [];
  const valid = validated(call, asked, body, name, warnings);
  const metadata = fieldsOf(valid['metadata']);
  if (current !== undefined) fence(call, metadata, current);
  const namespace = namespaceOf(call);
  const object: KubeInput = {
    ...valid,
    apiVersion: storedApiVersion(call.resource),
    kind: call.resource.kind,
    metadata: { ...metadata, name, ...(namespace === null ? {} : { namespace }), ...born(current) },
  };
  const whole = withDefaults(object);
  const causes = causesAgainst(whole.kind, whole, current);
  if (causes.length > 0) throw invalid(kindSubjectOf(call, name), causes);
  admit(whole, webhook);
  const options = {
    manager: asked.manager,
    apiVersion: apiVersionOf(call.address.group, call.address.version),
    ...(call.address.subresource === 'status' ? { subresource: 'status' as const } : {}),
  };
  const stored = asked.dryRun
    ? rehearsed(call.store.preview(whole, options))
    : call.store.put(whole, options);
  sendJson(
    call.reply,
    current === undefined ? 201 : 200,
    shown(stored, call.address.group, call.address.version, form),
    // One header line per warning would be the real form; a list in one line reads the same.
    warnings.length === 0
      ? {}
      : { headers: { warning: warnings.map((told) => `299 - ${JSON.stringify(told)}`).join(', ') } },
  );
}

/** What a dry run answers: an object that was never stored has no revision. */
function rehearsed(object: KubeObject): KubeObject {
  if (object.metadata.resourceVersion !== '') return object;
  const { resourceVersion: _none, ...metadata } = object.metadata;
  return { ...object, metadata: metadata as KubeObject['metadata'] };
}

/** A write that names a uid or a revision is for that object in that state only. */
function fence(call: ObjectCall, metadata: Fields, current: KubeObject): void {
  const { uid, resourceVersion } = metadata;
  if (typeof uid === 'string' && uid !== '' && uid !== current.metadata.uid) {
    if (call.verb === 'patch') {
      const message = `Invalid value: ${JSON.stringify(uid)}: field is immutable`;
      throw invalid(kindSubjectOf(call), [{ reason: 'FieldValueInvalid', message, field: 'metadata.uid' }]);
    }
    const told = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${current.metadata.uid}`;
    throw conflict(subjectOf(call), told);
  }
  if (
    resourceVersion !== undefined &&
    resourceVersion !== '' &&
    resourceVersion !== current.metadata.resourceVersion
  ) {
    throw conflict(subjectOf(call));
  }
}

/** The status is written through its own address only, and there nothing else is. */
function merged(call: ObjectCall, current: KubeObject, body: Fields): Fields {
  if (call.address.subresource === 'status') {
    const { uid, resourceVersion } = fieldsOf(body['metadata']);
    return { ...current, metadata: { ...current.metadata, uid, resourceVersion }, status: body['status'] };
  }
  if (!call.resource.subresources.includes('status')) return body;
  const { status: _status, ...rest } = body;
  return current['status'] === undefined ? rest : { ...rest, status: current['status'] };
}

const unrecognized = (kind: string): string =>
  `the object provided is unrecognized (must be of type ${kind}): couldn't get version/kind; json parse error: `;

const born = (current: KubeObject | undefined): Fields =>
  current === undefined ? {} : { creationTimestamp: current.metadata.creationTimestamp };

function existing(call: ObjectCall): KubeObject {
  const found = call.store.get(call.resource.plural, namespaceOf(call), call.address.name ?? '');
  if (found === undefined) throw notFound(subjectOf(call));
  return found;
}

async function objectBody(call: ObjectCall): Promise<Fields> {
  const { address, resource } = call;
  const body = await jsonBody(call, ['application/json'], unrecognized(resource.kind));
  const apiVersion = apiVersionOf(address.group, address.version);
  if (!isRecord(body)) throw badRequest('the body of the request is not an object');
  const { kind, apiVersion: given } = body;
  if (given !== apiVersion) {
    throw badRequest(
      `the API version in the data (${String(given)}) does not match the expected API version (${apiVersion})`,
    );
  }
  if (kind !== resource.kind) {
    const name = fieldsOf(body['metadata'])['name'];
    const subject = {
      group: address.group,
      resource: String(kind),
      ...(typeof name === 'string' ? { name } : {}),
    };
    const message = `Invalid value: ${JSON.stringify(kind)}: must be ${resource.kind}`;
    throw invalid(subject, [{ reason: 'FieldValueInvalid', message, field: 'kind' }]);
  }
  const { namespace } = fieldsOf(body['metadata']);
  if (namespace !== undefined && namespace !== namespaceOf(call)) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
  return body;
}

const fieldsOf = (value: unknown): Fields => (isRecord(value) ? value : {});
const listOf = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? (value as readonly unknown[]) : [];
