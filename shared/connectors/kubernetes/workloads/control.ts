import type { ConnectorHost } from '../../kit/connector.ts';
import type { ChangeWorkload } from '../../../model/operation.ts';
import type { Control, WorkloadControl } from '../../kit/control.ts';
import { createDocumentControl, type DocumentDesk } from '../../kube/documents/control.ts';
import { createLedControl } from '../rollouts/control.ts';
import { isLedKind } from '../rollouts/resources.ts';
import { readLed } from '../rollouts/view.ts';
import { createWorkloadProposer } from './proposer.ts';
import { readWorkloads } from './view.ts';

/** Workloads behind services, read when asked, and what can be done to them. */
export function createWorkloadControl(
  desk: DocumentDesk & { readonly host: ConnectorHost; readonly user: string | null },
): WorkloadControl {
  const { client, host } = desk;
  const documents = createDocumentControl(desk, createWorkloadProposer(desk));
  const led = createLedControl(desk);
  const of = (kind: string | undefined): Control<ChangeWorkload> =>
    kind !== undefined && isLedKind(kind) ? led : documents;
  return {
    plan: (operation, signal) => of(operation.workload.kind).plan(operation, signal),
    planUndo: (operation, changes, signal) =>
      of(operation.workload.kind).planUndo(operation, changes, signal),
    apply: (write, signal) => of(write.changes[0]?.document.kind).apply(write, signal),
    verify: (change, signal) => of(change.document.kind).verify(change, signal),
    async read(service, signal) {
      const [workloads, rollouts] = await Promise.all([
        readWorkloads(client, host.connectionId, service, signal),
        readLed(client, host.connectionId, service, signal),
      ]);
      return [...rollouts, ...workloads];
    },
  };
}
