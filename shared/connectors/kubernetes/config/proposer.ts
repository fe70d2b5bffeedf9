import { isDeepStrictEqual } from 'node:util';
import type { Change, DocumentThreeWay, Expectation } from '../../../model/change.ts';
import type { EditDocument } from '../../../model/operation.ts';
import type { WorkloadRef } from '../../../model/workload.ts';
import type { ConnectorHost } from '../../kit/connector.ts';
import { PeerError } from '../../kit/peerError.ts';
import type { KubeClient } from '../../kube/client.ts';
import { type DocumentEdit, type ProposedEdit, stepsOf } from '../../kube/documents/change.ts';
import {
  agree,
  contentOf,
  contentYaml,
  readContent,
  touchedBy,
  withPlaces,
} from '../../kube/documents/content.ts';
import type { Meaning, Proposal, Proposer } from '../../kube/documents/control.ts';
import { changedByOf } from '../../kube/documents/ownership.ts';
import type { Seen } from '../../kube/documents/seen.ts';
import type { Kinds } from '../../kube/kinds.ts';
import { at, type KubeObject, namespaceOf } from '../../kube/objects.ts';
import type { Resource } from '../../kube/resources.ts';
import {
  isWorkloadKind,
  resourceOfKind,
  sayWorkload,
  workloadRefOf,
  workloadResources,
} from '../workloads/kinds.ts';
import { restarted } from '../workloads/template.ts';
import { replacementGuards, sayReplacement } from '../workloads/words.ts';
import { withEntries } from './entries.ts';
import { consumersOf, type Consumer, consumerGuards, consumerNotes, sayReach } from './consumers.ts';
import { limitGuards } from './traps.ts';
import { withText } from './withText.ts';

/** What proposals need of the connection. */
export interface ConfigDesk {
  readonly client: KubeClient;
  readonly host: Pick<ConnectorHost, 'clock' | 'connectionId'>;
  readonly kinds: Kinds;
  readonly seen: Seen;
}

/** What an edit of a document means, and of the workloads that are restarted with it. */
export function createConfigProposer(desk: ConfigDesk): Proposer<EditDocument> {
  return {
    propose: (operation, signal) => propose(desk, operation, signal),
    meaningOfUndo: (operation, _signal, changes) => Promise.resolve(meaningOfUndo(operation, changes)),
    resourceOf: (document) => desk.kinds.resourceOf(document),
    // Instances that are replaced read what is there then: the document comes first on both ways.
    undoOrder: 'asWritten',
  };
}

async function propose(desk: ConfigDesk, operation: EditDocument, signal: AbortSignal): Promise<Proposal> {
  const { client, host } = desk;
  const { document } = operation;
  const resource = await desk.kinds.resourceOf(document);
  const live = await client.object(resource, document.namespace, document.name, signal);
  if (document.uid !== '' && live.metadata.uid !== document.uid)
    throw new PeerError(
      'conflict',
      `${document.kind} ${document.name} was deleted and made anew since it was shown. Nothing was changed.`,
    );
  const secret = live.kind === 'Secret';
  if (secret && operation.edit.kind === 'yaml')
    throw new PeerError('refused', 'A Secret is edited key by key: its text would show all its values.');
  const { after, threeWay } = rebased(desk, operation, live);
  const edit: DocumentEdit = { action: 'patch', resource, before: live, after };
  if (isDeepStrictEqual(live, after))
    throw new PeerError(
      'refused',
      `${document.kind} ${document.name} is so already: there is nothing to change.`,
    );
  const restarts = await readRestarts(client, operation, signal);
  const consumers = await consumersOf(client, live, signal);
  const edits: ProposedEdit[] = [
    { edit, withheld: secret },
    ...restarts.map((before): ProposedEdit => ({
      edit: {
        action: 'patch',
        resource: resourceOfWorkload(before),
        before,
        after: restarted(before, host.clock.now()),
      },
      withheld: false,
    })),
  ];
  const touched = keysTouched(operation, live, after);
  const movedSecret = secret && operation.revision !== live.metadata.resourceVersion;
  return {
    edits,
    threeWay,
    title: titleOf(operation),
    target: [
      `${live.kind} ${namespaceOf(live)}/${live.metadata.name}`,
      ...operation.restart.map(sayWorkload),
    ].join(', '),
    guards: [
      ...consumerGuards(consumers, operation, touched),
      ...restarts.flatMap((one) => numbered(replacementGuards(one), one)),
      ...limitGuards(live, after),
      ...(movedSecret
        ? [
            {
              id: 'changed',
              verdict: 'tick' as const,
              title: `${changedByOf(live)?.who ?? 'Someone'} changed this Secret since it was shown`,
              detail: 'Its values are not kept, so what was changed cannot be shown.',
            },
          ]
        : []),
    ],
    expectation: expectationOf(operation, live, after, consumers),
    notes: [
      ...(secret
        ? ['Values of a Secret are not kept, so this cannot be undone from here.']
        : [sayJson(edit)]),
      ...consumerNotes(consumers, touched),
      ...restarts.map((one) => `${one.metadata.name}: ${sayReplacement(one)}`),
    ],
    direction: 'neutral',
  };
}

/**
 * The edit on the document as it is now. A text that was written over an older one changes only what the operator changed
 * in it, where the older one is still known.
 */
function rebased(
  { seen, host }: ConfigDesk,
  operation: EditDocument,
  live: KubeObject,
): { readonly after: KubeObject; readonly threeWay: DocumentThreeWay | null } {
  const { edit, revision } = operation;
  const wanted = edit.kind === 'yaml' ? withText(live, edit.text) : withEntries(live, edit);
  if (revision === live.metadata.resourceVersion || live.kind === 'Secret')
    return { after: wanted, threeWay: null };
  const known = seen.of(live.metadata.uid, revision);
  const now = contentOf(live);
  const before = known === null ? null : readContent(known);
  // The revision of a workload moves with its status.
  if (before !== null && isDeepStrictEqual(before, readContent(contentYaml(now))))
    return { after: wanted, threeWay: null };
  if (edit.kind === 'entries') {
    const places = touchedBy(now, contentOf(wanted));
    if (before === null || agree(before, now, places)) return { after: wanted, threeWay: null };
  }
  const after =
    before === null || edit.kind === 'entries'
      ? wanted
      : withPlaces(live, contentOf(wanted), touchedBy(before, contentOf(wanted)));
  return {
    after,
    threeWay: {
      kind: 'document',
      document: { ...operation.document, connectionId: host.connectionId, uid: live.metadata.uid },
      seen: known ?? '',
      now: contentYaml(now),
      wanted: contentYaml(contentOf(after)),
      changedBy: changedByOf(live)?.who ?? null,
    },
  };
}

async function readRestarts(
  client: KubeClient,
  { restart, document }: EditDocument,
  signal: AbortSignal,
): Promise<readonly KubeObject[]> {
  // A workload that is itself edited has its instances replaced by that.
  const others = restart.filter(({ kind, name }) => kind !== document.kind || name !== document.name);
  return Promise.all(
    others.map(async (ref) => {
      const found = await client.object(resourceOfKind(ref.kind), ref.namespace, ref.name, signal);
      if (found.metadata.uid !== ref.uid)
        throw new PeerError('conflict', `${sayWorkload(ref)} was deleted and made anew since it was shown.`);
      return found;
    }),
  );
}

const resourceOfWorkload = ({ kind }: KubeObject): Resource => {
  if (!isWorkloadKind(kind)) throw new PeerError('refused', `${kind} is no workload.`);
  return workloadResources[kind];
};

/** Several workloads can have the same guard. */
const numbered = <G extends { readonly id: string }>(guards: readonly G[], { metadata }: KubeObject): G[] =>
  guards.map((guard) => ({ ...guard, id: `${guard.id}-${metadata.name}` }));

/** The keys of a ConfigMap or Secret that change; null where the document has no keys. */
function keysTouched(
  { edit }: EditDocument,
  before: KubeObject,
  after: KubeObject,
): ReadonlySet<string> | null {
  if (before.kind !== 'ConfigMap' && before.kind !== 'Secret') return null;
  if (edit.kind === 'entries') return new Set([...edit.set.map(({ key }) => key), ...edit.remove]);
  return new Set(
    touchedBy(contentOf(before), contentOf(after)).flatMap(([field, key]) =>
      (field === 'data' || field === 'binaryData') && key !== undefined ? [key] : [],
    ),
  );
}

const longestJson = 4_000;

/** What travels, exactly, for YAML has more than one way to be read. */
function sayJson(edit: DocumentEdit): string {
  const text = JSON.stringify(stepsOf(edit).filter(({ op }) => op !== 'test'));
  return `Exactly this is written: ${text.length > longestJson ? `${text.slice(0, longestJson)}… (${text.length} characters; whole under Copy as)` : text}`;
}

function expectationOf(
  { restart }: EditDocument,
  before: KubeObject,
  after: KubeObject,
  consumers: readonly Consumer[] | null,
): Expectation {
  const own = workloadRefOf(before);
  const rolls = !isDeepStrictEqual(at(before, 'spec'), at(after, 'spec'));
  const workloads: WorkloadRef[] = [
    ...(own !== null && rolls ? [own] : []),
    ...restart.filter((ref) => ref.uid !== own?.uid),
  ];
  if (workloads.length > 0) return { kind: 'rollout', host: null, workloads, instance: null };
  return { kind: 'unmeasured', host: null, why: sayReach(before, consumers) };
}

function titleOf({ edit, document, restart }: EditDocument): string {
  const what = `${document.kind} ${document.name}`;
  const also = restart.filter(({ name, kind }) => name !== document.name || kind !== document.kind);
  const and = also.length === 0 ? '' : ` and restart ${also.map(({ name }) => name).join(', ')}`;
  if (edit.kind === 'yaml') return `Edit ${what}${and}`;
  const set = edit.set.map(({ key }) => key);
  const parts = [
    ...(set.length === 0 ? [] : [`set ${sayKeys(set)}`]),
    ...(edit.remove.length === 0 ? [] : [`remove ${sayKeys(edit.remove)}`]),
  ].join(' and ');
  return `${parts.slice(0, 1).toUpperCase()}${parts.slice(1)} in ${what}${and}`;
}

const sayKeys = (keys: readonly string[]): string =>
  keys.length > 3 ? `${keys.length} keys` : keys.join(', ');

function meaningOfUndo(operation: EditDocument, changes: readonly Change[]): Meaning {
  const workloads = changes.flatMap(({ document: { kind, namespace, name, uid } }): WorkloadRef[] =>
    isWorkloadKind(kind) && namespace !== null ? [{ kind, namespace, name, uid }] : [],
  );
  return {
    title: titleOf(operation),
    target: changes
      .map(({ document }) => `${document.kind} ${document.namespace ?? ''}/${document.name}`)
      .join(', '),
    guards: [],
    expectation:
      workloads.length > 0
        ? { kind: 'rollout', host: null, workloads, instance: null }
        : {
            kind: 'unmeasured',
            host: null,
            why: 'whether a process reads its configuration again cannot be seen here',
          },
    notes: workloads.map(
      ({ name }) => `The template of ${name} changes once more, so its instances are replaced once more.`,
    ),
    direction: 'neutral',
  };
}
