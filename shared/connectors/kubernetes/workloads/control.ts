import type { ConnectorHost } from '../../kit/connector.ts';
import type { WorkloadControl } from '../../kit/control.ts';
import { createDocumentControl, type DocumentDesk } from '../../kube/documents/control.ts';
import { createWorkloadProposer } from './proposer.ts';
import { readWorkloads } from './view.ts';

/** Workloads behind services, read when asked, and what can be done to them. */
export function createWorkloadControl(
  desk: DocumentDesk & { readonly host: ConnectorHost; readonly user: string | null },
): WorkloadControl {
  const { client, host } = desk;
  return {
    ...createDocumentControl(desk, createWorkloadProposer(desk)),
    read: (service, signal) => readWorkloads(client, host.connectionId, service, signal),
  };
}
