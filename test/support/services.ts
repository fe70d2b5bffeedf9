import type { GraphService } from '../../shared/model/graph.ts';

/** A service of the map by its id, `<connection>/<namespace>/<name>`, of which nothing else is known. */
export function graphService(id: string, more: Partial<GraphService> = {}): GraphService {
  const [connectionId = '', namespace = '', name = ''] = id.split('/');
  return {
    id,
    connectionId,
    kind: 'service',
    name,
    namespace,
    owner: null,
    hosts: [`${name}.${namespace}.svc.cluster.local`],
    versions: [],
    readyInstances: null,
    desiredInstances: null,
    recentRestarts: null,
    createdAt: null,
    ...more,
  };
}
