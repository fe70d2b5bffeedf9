import type { Guard } from '../../model/change.ts';
import type { SetProtections } from '../../model/operation.ts';
import { fieldOf, type FieldSpec, type FieldValue, readTyped, refusedValue } from '../kit/formFields.ts';
import { PeerError } from '../kit/peerError.ts';
import type { Meaning, Proposer } from '../kube/documents/control.ts';
import { annotationsOf, at, type KubeObject, namespaceOf } from '../kube/objects.ts';
import type { Resource } from '../kube/resources.ts';
import { hostOfService } from '../kube/serviceHosts.ts';
import { accrual, droppedParts, grpcConditions, isHttpConditions, linkerdMs, retry } from './annotations.ts';
import { sectionsFor } from './fields.ts';
import { findDocument, governedBy, valueOf } from './forms.ts';
import { linkerdGuards } from './guards.ts';
import type { LinkerdWorld } from './linkerdWorld.ts';

type Values = ReadonlyMap<string, FieldValue>;

/** Failure accrual, retries and time-outs, written as annotations of the document that a form is about. */
export function createProtectionProposer(world: LinkerdWorld): Proposer<SetProtections> {
  return {
    async propose(operation, signal) {
      await world.ready(signal);
      const { before, moved } = await readDocument(world, operation, signal);
      const values = changedValues(before, operation.values);
      const after = withAnnotations(before, values);
      refuseHollow(before, after, values);
      const written = new Map(
        [...values].map(([name, value]) => [name, value === null ? null : String(value)]),
      );
      return {
        ...meaningOf(before),
        title: `Protect ${subjectOf(before)}: ${sayValues(before, values)}`,
        edits: [
          {
            edit: { action: 'patch', resource: resourceOf(world, before.kind), before, after },
            withheld: false,
          },
        ],
        guards: [...moved, ...linkerdGuards(world, before, after, written)],
        notes: notesOf(before, values),
      };
    },

    async meaningOfUndo(operation, signal) {
      await world.ready(signal);
      const document = findDocument(world, operation.formId);
      if (document !== null) return { ...meaningOf(document), guards: [], notes: [] };
      return {
        title: 'Annotations as they were before',
        target: 'a Service or a route',
        guards: [],
        expectation: { kind: 'unmeasured', host: null, why },
        notes: [],
        direction: 'neutral',
      };
    },

    resourceOf: ({ kind }) => resourceOf(world, kind),
  };
}

const why =
  'Linkerd says nowhere what a proxy has made of an annotation, and time-outs, retries and failure accrual show only when they act. Until then traffic looks the same.';

function resourceOf(world: LinkerdWorld, kind: string): Resource {
  const resource = world.resourceOf(kind);
  if (resource === undefined)
    throw new PeerError('notFound', `This cluster does not serve ${kind}s any more.`, { status: 404 });
  return resource;
}

/** The document as the server has it now. Throws `PeerError` where it is gone, or another one of that name. */
async function readDocument(
  world: LinkerdWorld,
  { formId, revision }: SetProtections,
  signal: AbortSignal,
): Promise<{ readonly before: KubeObject; readonly moved: readonly Guard[] }> {
  const shown = findDocument(world, formId);
  if (shown === null)
    throw new PeerError('notFound', 'What this form was about is gone. Open the form again.');
  const { namespace, name, uid } = shown.metadata;
  const before = await world.client.object(resourceOf(world, shown.kind), namespace ?? null, name, signal);
  if (before.metadata.uid !== uid)
    throw new PeerError(
      'conflict',
      `${shown.kind} ${namespace ?? ''}/${name} was deleted and made anew. Open the form again.`,
    );
  const moved: Guard[] =
    before.metadata.resourceVersion === revision
      ? []
      : [
          {
            id: 'seen',
            verdict: 'tick',
            title: `${shown.kind} ${name} was changed since the form was opened`,
            detail: 'The difference below is from what it holds now. See that nothing else is undone by it.',
          },
        ];
  return { before, moved };
}

/** The values that differ from what stands there. Throws `PeerError` for fields and values that are none. */
function changedValues(before: KubeObject, typed: SetProtections['values']): Values {
  const sections = sectionsFor(before.kind);
  const values = new Map<string, FieldValue>();
  for (const [key, raw] of Object.entries(typed)) {
    const field = fieldOf(sections, key);
    if (field === undefined) throw new PeerError('refused', `This form has no field “${key.slice(0, 120)}”.`);
    const value = field.type === 'duration' ? readDuration(field, raw) : readTyped(field, raw, readText);
    if (value !== valueOf(before, field)) values.set(key, value);
  }
  if (values.size === 0)
    throw new PeerError('refused', 'These values stand there already: there is nothing to change.');
  return values;
}

function readDuration(field: FieldSpec, typed: string | number | null): FieldValue {
  const text = typed === null ? '' : String(typed).trim();
  if (text === '') return null;
  const ms = linkerdMs(text);
  if (ms === null)
    throw refusedValue(
      field,
      text,
      'one whole number with one unit, like 90s or 1500ms: Linkerd reads no other',
    );
  if (ms === 0) throw refusedValue(field, text, 'a time; to have none, leave it empty');
  return text;
}

function readText(field: FieldSpec, text: string): string {
  switch (field.key) {
    case accrual.mode:
      if (text === 'consecutive' || text === 'unified') return text;
      throw refusedValue(field, text, 'consecutive or unified');
    case retry.http: {
      const list = withoutSpaces(text);
      if (isHttpConditions(list)) return list;
      throw refusedValue(
        field,
        text,
        '5xx, gateway-error, statuses or ranges like 500-504, joined by commas',
      );
    }
    case retry.grpc: {
      const list = withoutSpaces(text);
      if (list.split(',').every((one) => grpcConditions.includes(one))) return list;
      throw refusedValue(field, text, `a list of ${grpcConditions.join(', ')}`);
    }
    default: {
      const most = field.key === accrual.rate ? 1 : 100;
      if (/^\d{1,3}(\.\d{1,6})?$/.test(text) && Number(text) <= most) return text;
      throw refusedValue(field, text, `a number from 0 to ${most}`);
    }
  }
}

/** Linkerd takes a space after a comma for a part of the next condition, and then drops them all. */
const withoutSpaces = (text: string): string =>
  text
    .split(',')
    .map((one) => one.trim())
    .join(',');

/** The document with other annotations of Linkerd's; everything else as it was. */
function withAnnotations(before: KubeObject, values: Values): KubeObject {
  const after = structuredClone(before);
  const kept = new Map(Object.entries(at(after, 'metadata', 'annotations') ?? {}));
  for (const [name, value] of values)
    if (value === null) kept.delete(name);
    else kept.set(name, String(value));
  const { annotations: _, ...metadata } = after.metadata;
  return {
    ...after,
    metadata: { ...metadata, ...(kept.size === 0 ? {} : { annotations: Object.fromEntries(kept) }) },
  };
}

/** What was typed and would do nothing, or would make Linkerd drop what is there. */
function refuseHollow(before: KubeObject, after: KubeObject, values: Values): void {
  const annotations = annotationsOf(after);
  const mode = annotations.get(accrual.mode);
  for (const [key, value] of values) {
    if (value === null || key === accrual.mode) continue;
    const title = key.slice(key.indexOf('/') + 1);
    if (Object.values<string>(accrual).includes(key) && mode === undefined)
      throw new PeerError(
        'refused',
        `${title} would go without a mode: say failure-accrual too, “consecutive”.`,
      );
    if ([accrual.rate, accrual.window, accrual.requests].some((one) => one === key) && mode !== 'unified')
      throw new PeerError(
        'refused',
        `${title} counts in mode “unified” only, and the mode is “${mode ?? ''}”.`,
      );
  }
  const known = new Set(droppedParts(annotationsOf(before)).map(({ because }) => because));
  const made = droppedParts(annotations).find(({ because }) => !known.has(because));
  if (made !== undefined) throw new PeerError('refused', `Linkerd would drop all of it: ${made.because}.`);
}

function meaningOf(document: KubeObject): Omit<Meaning, 'guards' | 'notes'> {
  const [governed] = governedBy(document);
  return {
    title: `Protections of ${subjectOf(document)}`,
    target: `${document.kind} ${namespaceOf(document)}/${document.metadata.name}, annotations`,
    expectation: {
      kind: 'unmeasured',
      host: governed === undefined ? null : hostOfService(governed.namespace, governed.name),
      why,
    },
    direction: 'neutral',
  };
}

const subjectOf = (document: KubeObject): string =>
  document.kind === 'Service'
    ? document.metadata.name
    : `${governedBy(document)[0]?.name ?? ''} (${document.kind} ${document.metadata.name})`;

/** "failure-accrual unset → consecutive, request 2s → 3s". */
function sayValues(before: KubeObject, values: Values): string {
  const annotations = annotationsOf(before);
  return [...values]
    .map(([name, value]) => {
      const title = name.replace(/^([a-z]+)\..*\//, (_all, part: string) =>
        part === 'balancer' ? '' : `${part} `,
      );
      return `${title} ${annotations.get(name) ?? 'unset'} → ${value ?? 'unset'}`;
    })
    .join(', ');
}

function notesOf(before: KubeObject, values: Values): readonly string[] {
  const notes: string[] = [];
  const isAccrual = [...values.keys()].some((key) => Object.values<string>(accrual).includes(key));
  if (isAccrual) {
    notes.push(
      'Each calling proxy counts for itself: an instance may be left out by one caller and not by another.',
    );
    if (annotationsOf(before).has(accrual.mode))
      notes.push('Proxies make their balancers anew: instances that are left out come back first.');
  }
  return notes;
}
