import type { DocumentRef } from '../../../model/entity.ts';
import type { Expectation } from '../../../model/change.ts';
import type { SetProtections } from '../../../model/operation.ts';
import { fieldOf, type FieldValue } from '../../kit/formFields.ts';
import { PeerError } from '../../kit/peerError.ts';
import type { DocumentEdit } from '../../kube/documents/change.ts';
import type { Meaning, Proposal, Proposer } from '../../kube/documents/control.ts';
import type { KubeObject } from '../../kube/objects.ts';
import type { Resource } from '../../kube/resources.ts';
import { shortName } from '../../kube/serviceHosts.ts';
import type { Mesh } from '../mesh.ts';
import { httpRouteGuards } from './httpRoutes.ts';
import { withFields } from './edit.ts';
import { readOnlyOf, sectionsOf, valueOf } from './forms.ts';
import { trapGuards } from './guards.ts';
import { skeletonOf } from './newDocuments.ts';
import { baseOf, findTarget, type FormTarget, hostOf, isNew, sameTarget } from './targets.ts';
import { readValue } from './values.ts';

/** Time-outs, retries, limits and ejection, written into the document and place that a form is about. */
export function createProtectionProposer(mesh: Mesh): Proposer<SetProtections> {
  return {
    async propose(operation, signal) {
      await mesh.ready(signal);
      const { target, moved } = await readTarget(mesh, operation, signal);
      const before = isNew(target) ? skeletonOf(mesh, target) : target.document;
      const values = changedValues(before, target, operation.values);
      const edit = isNew(target) ? newEdit(mesh, target, values) : patchEdit(mesh, target, values);
      refuseBrokenRetries(edit.after, target);
      const guards = [
        ...trapGuards(mesh, target, values, isNew(target) ? null : before, edit.after),
        ...(target.kind === 'newRoutes' ? await httpRouteGuards(mesh, hostOf(target), signal) : []),
      ];
      if (moved !== null) guards.unshift(moved);
      return {
        ...meaningOf(target),
        title: `Protect ${shortName(hostOf(target))}: ${sayValues(before, target, values)}`,
        edits: [{ edit, withheld: false }],
        guards,
        notes: notesOf(target, values, before),
      } satisfies Proposal;
    },

    async meaningOfUndo(operation, signal) {
      await mesh.ready(signal);
      const target = findTarget(mesh, operation.formId);
      if (target !== null) return { ...meaningOf(target), guards: [], notes: [] };
      return {
        title: 'Protections as they were before',
        target: operation.formId.startsWith('rule') ? 'a DestinationRule' : 'a VirtualService',
        guards: [],
        expectation: unmeasured(null),
        notes: [],
        direction: 'neutral',
      };
    },

    resourceOf: (document) => resourceOf(mesh, document),
  };
}

function resourceOf(mesh: Mesh, { kind }: DocumentRef): Resource {
  return kind === 'DestinationRule' ? mesh.resources.destinationRules : mesh.resources.virtualServices;
}

interface Found {
  readonly target: FormTarget;
  readonly moved: Proposal['guards'][number] | null;
}

/** The form's place in the document as the server has it now. Throws `PeerError` where it is gone. */
async function readTarget(mesh: Mesh, operation: SetProtections, signal: AbortSignal): Promise<Found> {
  const shown = findTarget(mesh, operation.formId);
  if (shown === null)
    throw new PeerError(
      'notFound',
      'What this form was about is gone, or someone made the document meanwhile. Open the form again.',
    );
  if (isNew(shown)) return { target: shown, moved: null };
  const { namespace, name, uid } = shown.document.metadata;
  const resource = shown.kind === 'rule' ? mesh.resources.destinationRules : mesh.resources.virtualServices;
  const fresh: KubeObject = await mesh.client.object(resource, namespace ?? null, name, signal);
  const target = fresh.metadata.uid === uid ? sameTarget(shown, fresh) : null;
  if (target === null || isNew(target))
    throw new PeerError(
      'conflict',
      `${resource.kind} ${namespace ?? ''}/${name} was changed so that this form no longer fits. Open it again.`,
    );
  const readOnly = readOnlyOf(mesh, target.document, hostOf(target));
  if (readOnly !== null) throw new PeerError('refused', `This is read-only here. ${readOnly}`);
  const moved = fresh.metadata.resourceVersion !== operation.revision;
  return {
    target,
    moved: moved
      ? {
          id: 'seen',
          verdict: 'tick',
          title: `${resource.kind} ${name} was changed since the form was opened`,
          detail: 'The difference below is from what it holds now. See that nothing else is undone by it.',
        }
      : null,
  };
}

/** The values that differ from what stands there. Throws `PeerError` for fields and values that are none. */
function changedValues(
  before: object,
  target: FormTarget,
  typed: SetProtections['values'],
): ReadonlyMap<string, FieldValue> {
  const values = new Map<string, FieldValue>();
  for (const [key, raw] of Object.entries(typed)) {
    const field = fieldOf(sectionsOf(target), key);
    if (field === undefined) throw new PeerError('refused', `This form has no field “${key.slice(0, 120)}”.`);
    const value = readValue(field, raw);
    if (value !== valueOf(before, target, key)) values.set(key, value);
  }
  if (values.size === 0)
    throw new PeerError('refused', 'These values stand there already: there is nothing to change.');
  return values;
}

function newEdit(
  mesh: Mesh,
  target: Extract<FormTarget, { kind: 'newRule' | 'newRoutes' }>,
  values: ReadonlyMap<string, FieldValue>,
): Extract<DocumentEdit, { action: 'create' }> {
  const resource =
    target.kind === 'newRule' ? mesh.resources.destinationRules : mesh.resources.virtualServices;
  return { action: 'create', resource, after: withFields(skeletonOf(mesh, target), baseOf(target), values) };
}

function patchEdit(
  mesh: Mesh,
  target: Extract<FormTarget, { kind: 'rule' | 'route' }>,
  values: ReadonlyMap<string, FieldValue>,
): Extract<DocumentEdit, { action: 'patch' }> {
  const resource = target.kind === 'rule' ? mesh.resources.destinationRules : mesh.resources.virtualServices;
  return {
    action: 'patch',
    resource,
    before: target.document,
    after: withFields(target.document, baseOf(target), values),
  };
}

/** Istio's webhook refuses this in words that nobody understands ("configured when attempts are set to 0"). */
function refuseBrokenRetries(after: object, target: FormTarget): void {
  if (target.kind !== 'route' && target.kind !== 'newRoutes') return;
  const attempts = valueOf(after, target, 'retries.attempts');
  const more = ['retries.perTryTimeout', 'retries.retryOn'].filter(
    (key) => valueOf(after, target, key) !== null,
  );
  if ((attempts === null || attempts === 0) && more.length > 0)
    throw new PeerError(
      'refused',
      `${more.map((key) => key.slice('retries.'.length)).join(' and ')} would go without retries: say attempts too, 1 or more, or leave ${more.length === 1 ? 'it' : 'them'} empty.`,
    );
}

function meaningOf(target: FormTarget): Omit<Meaning, 'guards' | 'notes'> {
  const host = hostOf(target);
  return {
    title: `Protections of ${shortName(host)}`,
    target: sayTarget(target),
    expectation: unmeasured(host),
    direction: 'neutral',
  };
}

const unmeasured = (host: string | null): Expectation => ({
  kind: 'unmeasured',
  host,
  why: 'A limit, an ejection, a time-out or a retry shows only when it acts; until then traffic looks the same. What callers’ proxies were seen to do stands beside each call.',
});

function sayTarget(target: FormTarget): string {
  switch (target.kind) {
    case 'rule':
      return `DestinationRule ${nameOf(target.document)}${target.subset === null ? '' : `, subset ${target.subset.name}`}`;
    case 'route':
      return `VirtualService ${nameOf(target.document)}, route “${target.route.title}”`;
    case 'newRule':
      return `a new DestinationRule in ${target.namespace}`;
    case 'newRoutes':
      return `a new VirtualService in ${target.namespace}`;
  }
}

const nameOf = ({ metadata }: KubeObject): string => `${metadata.namespace ?? ''}/${metadata.name}`;

/** "http2MaxRequests 32 → 16, interval unset → 10s". */
function sayValues(before: object, target: FormTarget, values: ReadonlyMap<string, FieldValue>): string {
  return [...values]
    .map(([key, value]) => {
      const title = key.slice(key.lastIndexOf('.') + 1);
      return `${title} ${valueOf(before, target, key) ?? 'unset'} → ${value ?? 'unset'}`;
    })
    .join(', ');
}

function notesOf(
  target: FormTarget,
  values: ReadonlyMap<string, FieldValue>,
  before: object,
): readonly string[] {
  const notes: string[] = [];
  if (target.kind === 'rule' || target.kind === 'newRule') {
    const limits = [...values].some(([key, value]) => value !== null && key.includes('.connectionPool.'));
    if (limits)
      notes.push('Each calling proxy counts for itself: all callers together may have more under way.');
    const ejects = JSON.stringify(before).includes('"outlierDetection"');
    // Envoy makes the cluster anew for any change of its settings, with every instance in.
    if (ejects)
      notes.push(
        'Proxies make their picture of this service anew: instances that are left out come back first.',
      );
  }
  if (values.has('timeout')) notes.push('Callers whose own time-out is shorter never see this one.');
  return notes;
}
