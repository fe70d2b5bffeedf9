import type { LogSource } from '../../kit/logs.ts';
import type { ConnectorHost } from '../../kit/connector.ts';
import type { KubeClient } from '../../kube/client.ts';
import { mapAt } from '../../kube/objects.ts';
import { pods, services } from '../../kube/resources.ts';
import { logInstanceOf } from './containers.ts';
import { followLog } from './follow.ts';
import { readLog, readWholeLine } from './read.ts';

/** Logs of pods, read from their kubelets through the API server. */
export function createLogSource(client: KubeClient, host: Pick<ConnectorHost, 'clock'>): LogSource {
  return {
    async instances({ namespace, name }, signal) {
      if (namespace === null) return [];
      const service = await client.object(services, namespace, name, signal);
      const selector = [...mapAt(service, 'spec', 'selector')].map(([key, value]) => `${key}=${value}`);
      if (selector.length === 0) return [];
      const found = await client.list(pods, namespace, signal, { labelSelector: selector.join(',') });
      return found.map(logInstanceOf).sort((a, b) => (a.name < b.name ? -1 : 1));
    },
    async *read(container, how, signal) {
      if (how.follow && !how.previous) yield* followLog(client, host.clock, container, how, signal);
      else yield* readLog(client, container, how, signal);
    },
    line: (container, cut, { previous }, signal) => readWholeLine(client, container, cut, previous, signal),
  };
}
