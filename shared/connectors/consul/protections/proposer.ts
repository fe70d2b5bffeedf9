import type { Expectation } from '../../../model/change.ts';
import type { SetProtections } from '../../../model/operation.ts';
import { fieldOf, type FieldValue } from '../../kit/formFields.ts';
import { PeerError } from '../../kit/peerError.ts';
import { hashAlike } from '../entryWrites/alike.ts';
import { type Edit, protocolGuards } from '../entryWrites/change.ts';
import { type Content, isBare } from '../entryWrites/content.ts';
import { type EntryProposer, seenGuards } from '../entryWrites/control.ts';
import { find } from '../entryWrites/write.ts';
import { hostOf } from '../names.ts';
import type { Registry } from '../registry.ts';
import { routesIn } from '../routes.ts';
import type { FieldSpec } from './fields.ts';
import { readOnlyOf } from './forms.ts';
import { trapGuards } from './guards.ts';
import { heldOf } from './held.ts';
import {
  calleeOf,
  documentOf,
  type FormTarget,
  partOf,
  sectionsOf,
  startOf,
  targetIn,
  targetOfId,
  titleOf,
  withPart,
} from './targets.ts';
import { readValue, touchedBy, valueOf, withValues } from './values.ts';

/** Limits, ejection, time-outs, retries and failover, written into the entry and place that a form is about. */
export function createProtectionProposer(registry: Registry): EntryProposer<SetProtections> {
  return {
    async propose(operation, signal) {
      const target = targetOfId(registry, operation.formId);
      if (target === null)
        throw new PeerError(
          'notFound',
          'What this form was about is gone, or someone made the entry meanwhile. Open the form again.',
        );
      const { kind, name } = documentOf(target);
      const before = await find(registry, kind, name, signal);
      const start = startOf(target, before);
      const part = partOf(target, start);
      if (part === null)
        throw new PeerError(
          'conflict',
          `${kind} ${name} was changed so that this form no longer fits. Open it again.`,
        );
      const readOnly = readOnlyOf(target, start);
      if (readOnly !== null) throw new PeerError('refused', `This is read-only here. ${readOnly}`);
      const values = changedValues(part, target, operation.values);
      const next = withValues(part, values);
      refuseBroken(target, next);
      const made = withPart(target, start, next);
      const gone = before !== null && isRouterLeftEmpty(made);
      const edit: Edit = {
        kind,
        name,
        before,
        after: gone ? null : seenByProxies(registry, before?.content, made),
      };
      const callee = calleeOf(target);
      return {
        title: `Protect ${titleOf(target, start).replace(/^\S+/, (word) => word.toLowerCase())}: ${sayValues(part, values)}`,
        edits: [edit],
        guards: [
          ...seenGuards(edit, operation.revision),
          ...(kind === 'service-router' && callee !== null
            ? await protocolGuards(registry, hostOf(callee, 'default', registry.datacenter), signal)
            : []),
          ...trapGuards(registry, target, { before: start, part: next, values }),
        ],
        expectation: expectationOf(registry, target, made),
        notes: notesOf(target, values),
      };
    },

    meaningOfUndo(operation, edits) {
      const target = targetIn(operation.formId);
      const touched = edits.map((edit) =>
        edit.after === null || edit.before === null
          ? edit
          : { ...edit, after: seenByProxies(registry, edit.before.content, edit.after) },
      );
      const [edit] = touched;
      return {
        edits: touched,
        title: 'Protections as they were before',
        expectation:
          target === null || edit === undefined
            ? unmeasured(null)
            : expectationOf(registry, target, edit.after ?? startOf(target, null)),
        notes: [],
      };
    },
  };
}

/** The values that differ from what stands there. Throws `PeerError` for fields and values that are none. */
function changedValues(
  part: Content,
  target: FormTarget,
  typed: SetProtections['values'],
): ReadonlyMap<FieldSpec, FieldValue> {
  const values = new Map<FieldSpec, FieldValue>();
  for (const [key, raw] of Object.entries(typed)) {
    const field = fieldOf(sectionsOf(target), key);
    if (field === undefined) throw new PeerError('refused', `This form has no field “${key.slice(0, 120)}”.`);
    // What stands there stays, whatever the form would take.
    if (raw !== null && String(raw) === String(valueOf(part, field))) continue;
    const value = readValue(field, raw);
    if (value !== valueOf(part, field)) values.set(field, value);
  }
  if (values.size === 0)
    throw new PeerError('refused', 'These values stand there already: there is nothing to change.');
  return values;
}

/** Consul takes this without a word, and nothing is ever retried. */
function refuseBroken(target: FormTarget, part: Content): void {
  if (target.kind !== 'route' && target.kind !== 'everyCall') return;
  const why = ['RetryOn', 'RetryOnStatusCodes', 'RetryOnConnectFailure'].some(
    (key) => part[key] !== undefined,
  );
  if (part['NumRetries'] !== undefined && !why)
    throw new PeerError(
      'refused',
      'NumRetries alone retries nothing: say RetryOnConnectFailure, RetryOn or RetryOnStatusCodes too, or leave it empty.',
    );
}

const isRouterLeftEmpty = (content: Content): boolean => {
  const { Routes: _, ...rest } = content;
  return content['Kind'] === 'service-router' && routesIn(content).length === 0 && isBare(rest);
};

/** An entry that Consul takes for another one than it has. */
const seenByProxies = (registry: Registry, before: Content | undefined, after: Content): Content =>
  before !== undefined && hashAlike(before, after) ? touchedBy(after, registry.host.random.id()) : after;

function expectationOf(registry: Registry, target: FormTarget, after: Content): Expectation {
  const callee = calleeOf(target);
  const host = callee === null ? null : hostOf(callee, 'default', registry.datacenter);
  const inProxies = heldOf(registry, target, after);
  return { ...unmeasured(host), ...(inProxies === null ? {} : { inProxies }) };
}

const unmeasured = (host: string | null): Extract<Expectation, { kind: 'unmeasured' }> => ({
  kind: 'unmeasured',
  host,
  why: 'A limit, an ejection, a time-out, a retry or a failover shows only when it acts; until then traffic looks the same. What callers’ proxies were seen to do stands beside each call.',
});

/** "MaxConcurrentRequests 32 → 16, Interval unset → 10s". */
function sayValues(part: Content, values: ReadonlyMap<FieldSpec, FieldValue>): string {
  return [...values]
    .map(([field, value]) => `${field.title} ${valueOf(part, field) ?? 'unset'} → ${value ?? 'unset'}`)
    .join(', ');
}

function notesOf(target: FormTarget, values: ReadonlyMap<FieldSpec, FieldValue>): string[] {
  const keys = [...values.keys()].map(({ key }) => key);
  const notes: string[] = [];
  if (keys.some((key) => key.startsWith('Limits.')))
    notes.push('Each calling proxy counts for itself: all of them together may have more under way.');
  if (target.kind === 'call' || target.kind === 'defaults')
    // Envoy makes the cluster anew for any change of its settings, with every instance in.
    notes.push(
      'Proxies make their picture of the service anew: instances that are left out come back first.',
    );
  if (keys.includes('RequestTimeout'))
    notes.push('Callers whose own time-out is shorter never see this one.');
  if (target.kind === 'everyCall')
    notes.push('A route for all calls that no other route takes is put last; weights go on dividing them.');
  if (target.kind === 'failover')
    notes.push('Nothing changes while an instance passes its checks; then proxies fail over by themselves.');
  return notes;
}
