import type { Guard } from '../../../model/change.ts';
import type { EditDocument } from '../../../model/operation.ts';
import type { WorkloadRef } from '../../../model/workload.ts';
import { PeerError } from '../../kit/peerError.ts';
import type { KubeClient } from '../../kube/client.ts';
import { type KubeObject, namespaceOf } from '../../kube/objects.ts';
import { listWorkloads } from '../workloads/find.ts';
import { workloadRefOf } from '../workloads/kinds.ts';
import { type Reference, reloadedBy, referencesOf } from './references.ts';

/** A workload whose pods read a document, and how. */
export interface Consumer {
  readonly workload: WorkloadRef;
  readonly references: readonly Reference[];
  /** The annotation that has it restarted by itself; null where none does. */
  readonly reloaded: string | null;
}

/** Which workloads of its namespace read a ConfigMap or Secret; null where they cannot be read. */
export async function consumersOf(
  client: KubeClient,
  document: KubeObject,
  signal: AbortSignal,
): Promise<readonly Consumer[] | null> {
  const { kind, metadata } = document;
  if (kind !== 'ConfigMap' && kind !== 'Secret') return [];
  const all = await listWorkloads(client, namespaceOf(document), signal).catch((error: unknown) => {
    if (error instanceof PeerError) return null;
    throw error;
  });
  if (all === null) return null;
  return all.flatMap((workload): Consumer[] => {
    const references = referencesOf(workload).filter(
      (one) => one.kind === kind && one.name === metadata.name,
    );
    const ref = workloadRefOf(workload);
    if (references.length === 0 || ref === null) return [];
    return [{ workload: ref, references, reloaded: reloadedBy(workload, kind, metadata.name) }];
  });
}

/** Those of its ways that a change of these keys takes. */
const concerned = (consumer: Consumer, touched: ReadonlySet<string> | null): readonly Reference[] =>
  consumer.references.filter(
    ({ keys }) => keys === null || touched === null || keys.some((key) => touched.has(key)),
  );

/** What a change needs to reach the processes, and whether it is in the plan. */
export function consumerGuards(
  consumers: readonly Consumer[] | null,
  { restart }: EditDocument,
  touched: ReadonlySet<string> | null,
): Guard[] {
  if (consumers === null)
    return [
      {
        id: 'consumers',
        verdict: 'tick',
        title: 'Which workloads read this cannot be seen here',
        detail: 'Some may need a restart to get it.',
      },
    ];
  return consumers.flatMap((consumer): Guard[] => {
    const { workload, reloaded } = consumer;
    const { name } = workload;
    const stale = concerned(consumer, touched).filter(({ arrival }) => arrival === 'restart');
    const planned = restart.some(({ uid }) => uid === workload.uid);
    if (planned && reloaded !== null)
      return [
        {
          id: `restart-${name}`,
          verdict: 'tick',
          title: `${name} may be restarted twice`,
          detail: `Its annotation ${reloaded} has it restarted by itself where Reloader runs.`,
        },
      ];
    if (stale.length === 0 || planned) return [];
    const how = stale.map((one) => one.how).join('; ');
    return [
      {
        id: `restart-${name}`,
        verdict: reloaded === null ? 'tick' : 'pass',
        title:
          reloaded === null
            ? `${name} keeps the old value until its instances are replaced`
            : `${name} is restarted by itself where Reloader runs (${reloaded})`,
        detail: `${how}. ${stale[0]?.why ?? ''}${reloaded === null ? ' Restart it with this change to have it take effect.' : ''}`,
      },
    ];
  });
}

/** How the change arrives where nothing is restarted. */
export function consumerNotes(
  consumers: readonly Consumer[] | null,
  touched: ReadonlySet<string> | null,
): string[] {
  return (consumers ?? []).flatMap((consumer) =>
    concerned(consumer, touched)
      .filter(({ arrival }) => arrival === 'file')
      .map(({ how, why }) => `${consumer.workload.name}, ${how}: ${why}`),
  );
}

/** Why no figure can show that it arrived. */
export function sayReach(document: KubeObject, consumers: readonly Consumer[] | null): string {
  if (document.kind !== 'ConfigMap' && document.kind !== 'Secret')
    return 'an edit of a whole document says nothing of what traffic should show';
  if (consumers === null) return 'which workloads read it cannot be seen here';
  if (consumers.length === 0) return 'no workload of its namespace reads it';
  return 'the document is written; whether a process reads it again cannot be seen here';
}
