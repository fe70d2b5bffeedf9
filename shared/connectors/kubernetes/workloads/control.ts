import type { ConnectorHost } from '../../kit/connector.ts';
import type { WorkloadControl } from '../../kit/control.ts';
import type { KubeClient } from '../../kube/client.ts';
import { createDocumentControl } from '../../kube/documents/control.ts';
import { createWorkloadProposer } from './proposer.ts';
import { readWorkloads } from './view.ts';

/** Workloads behind services, read when asked, and what can be done to them. */
export function createWorkloadControl(
  client: KubeClient,
  host: ConnectorHost,
  user: string | null,
): WorkloadControl {
  const proposer = createWorkloadProposer({ client, host, user });
  return {
    ...createDocumentControl({ client, host, rollouts: () => [] }, proposer),
    read: (service, signal) => readWorkloads(client, host.connectionId, service, signal),
  };
}
